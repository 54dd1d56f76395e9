package fit

import "github.com/odefit/odefit/dynsys/model"

// suggestion returns "; did you mean NAME?" for the name nearest to a wrong one, or
// "".
func suggestion(name string, names []string) string {
	if near := model.Nearest(name, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
