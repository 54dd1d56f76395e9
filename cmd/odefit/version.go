package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// version is that of the next or current release.
const version = "0.1.0"

// build returns the version with the revision of the source it was built from,
// where that is known.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	revision, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ".changed"
		}
	}
	if revision == "" {
		return version
	}
	return version + "+" + revision + changed
}

func versionLine() string {
	return fmt.Sprintf("odefit %s, %s, %s/%s", build(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// versionCommand is odefit version.
type versionCommand struct{}

func (*versionCommand) run(c *console) error {
	return c.write(func(w io.Writer) error {
		_, err := fmt.Fprintln(w, versionLine())
		return err
	})
}
