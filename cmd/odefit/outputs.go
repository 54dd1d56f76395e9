package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/odefit/odefit/cmd/odefit/report"
	"github.com/odefit/odefit/fit/dataset"
)

// writeFile puts a whole file in place at once, or writes to stdout where path is
// "-".
func (c *console) writeFile(path string, fill func(w io.Writer) error) error {
	if path == stdio {
		return c.write(fill)
	}
	if err := dataset.ReplaceFile(path, fill); err != nil {
		return &writeError{path, err}
	}
	return nil
}

// pictureFormat returns the format of a picture by its file name.
func pictureFormat(path string) (string, error) {
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if !slices.Contains(report.Formats(), format) {
		return "", usage("--plot %s: no such picture format", path).hint("the name must end in .%s", strings.Join(report.Formats(), ", ."))
	}
	return format, nil
}

// canWrite finds out early whether a file can be written.
func canWrite(path string) error {
	if path == "" || path == stdio {
		return nil
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return &writeError{path, errors.New("is a folder")}
	case err == nil && !info.Mode().IsRegular():
		return nil // a device or a pipe
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return &writeError{path, err}
	}
	return canWriteIn(filepath.Dir(path), path)
}

// canWriteIn makes and removes a file in a folder; path is what is to be written.
func canWriteIn(dir, path string) error {
	f, err := os.CreateTemp(dir, ".odefit-*.part")
	if err != nil {
		return &writeError{path, err}
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// makeFolder makes the folder for results, if there is none, and finds out whether
// it can be written to.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return &writeError{dir, err}
	}
	return canWriteIn(dir, dir)
}

// output is a file of a folder of results.
type output struct {
	name string
	fill func(w io.Writer) error
}

// writeFolder writes the files of a folder of results.
func (c *console) writeFolder(dir string, files []output) error {
	for _, f := range files {
		if err := c.writeFile(filepath.Join(dir, f.name), f.fill); err != nil {
			return err
		}
	}
	return nil
}

// picture writes a figure to a file whose name gives the format.
func (c *console) picture(path string, f *report.Figure) error {
	format, err := pictureFormat(path)
	if err != nil {
		return err
	}
	return c.writeFile(path, func(w io.Writer) error { return f.Write(w, format) })
}

// plural writes n with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
