package architecture

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/odefit/odefit/"

// rooms lists the rooms from the top of the house to its foundation, the innermost
// path last in each. A room may import itself and every room after it.
var rooms = []string{
	"cmd/odefit",
	"fit",
	"fit/infer",
	"fit/minimize",
	"fit/noise",
	"fit/dataset",
	"sensitivity",
	"dynsys/model",
	"dynsys/nn",
	"dynsys",
	"dynsys/expr",
	"dynsys/expr/elementary",
	"integrate",
	"integrate/space",
	"internal/linalg",
	"internal/vector",
}

// outside lists the modules that a room may use beside the standard library. What
// is not listed here may be used in tests only.
var outside = map[string][]string{
	"cmd/odefit":      {"github.com/alecthomas/kong", "gonum.org/v1/plot", "golang.org/x/term", "gonum.org/v1/gonum"},
	"fit":             {"gonum.org/v1/gonum"},
	"fit/infer":       {"gonum.org/v1/gonum"},
	"fit/minimize":    {"gonum.org/v1/gonum"},
	"fit/noise":       {"gonum.org/v1/gonum"},
	"sensitivity":     {"gonum.org/v1/gonum"},
	"dynsys/nn":       {"gonum.org/v1/gonum", "golang.org/x/exp"},
	"dynsys":          {"golang.org/x/exp"},
	"dynsys/expr":     {"gonum.org/v1/gonum", "github.com/tetratelabs/wazero"},
	"integrate":       {"gonum.org/v1/gonum"},
	"integrate/space": {"gonum.org/v1/gonum", "golang.org/x/exp"},
	"internal/linalg": {"gonum.org/v1/gonum"},
}

// room returns the index of the room that a package path (inside the module)
// belongs to, or -1: the most specific one wins.
func room(path string) int {
	found, length := -1, -1
	for i, r := range rooms {
		if (path == r || strings.HasPrefix(path, r+"/")) && len(r) > length {
			found, length = i, len(r)
		}
	}
	return found
}

func TestImportsRunOneWay(t *testing.T) {
	root := filepath.Join("..", "..")
	checked := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && rel != "." || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		from := filepath.ToSlash(filepath.Dir(rel))
		own := room(from)
		if own < 0 {
			return nil // internal tools and examples stand outside the house
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			target, _ := strconv.Unquote(spec.Path.Value)
			checked++
			if inside, ok := strings.CutPrefix(target, module); ok {
				if other := room(inside); other < 0 || other < own {
					t.Errorf("%s imports %s, which lies above it or outside the house", rel, target)
				}
				continue
			}
			if first, _, _ := strings.Cut(target, "/"); strings.Contains(first, ".") && !allowed(own, target) {
				t.Errorf("%s imports %s, which docs/architecture.md does not allow there", rel, target)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 50 {
		t.Fatalf("only %d imports were seen; the walk is broken", checked)
	}
}

func allowed(own int, target string) bool {
	for _, prefix := range outside[rooms[own]] {
		if target == prefix || strings.HasPrefix(target, prefix+"/") {
			return true
		}
	}
	return false
}
