package dataset_test

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/odefit/odefit/fit/dataset"
)

// A long table with two experiments, a value below the limit of detection and a
// standard deviation for each row.
func ExampleRead() {
	text := `# fluorescence, arbitrary units
time,experiment,observable,value,sigma
5,dose_10,pX,0.55,0.03
0,dose_10,pX,0.12,0.03
0,dose_0,pX,<0.05,sd_pX
5,dose_0,pX,NA,0.03
`
	data, err := dataset.Read(strings.NewReader(text), "blot.csv",
		dataset.Roles{Observables: []string{"pX"}, RowColumns: []string{"sigma"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range data.Experiments {
		for _, o := range x.Observations {
			sd := data.Cell(o, 0)
			fmt.Printf("%s %g %g below=%t %s\n", x.Name, o.Time, o.Value, o.Censored == dataset.Below, sdText(sd))
		}
	}
	fmt.Println(data.NumObservations(), "values,", data.Counts[0].Missing, "missing")
	// Output:
	// dose_10 0 0.12 below=false 0.03
	// dose_10 5 0.55 below=false 0.03
	// dose_0 0 0.05 below=true sd_pX
	// 3 values, 1 missing
}

func sdText(c dataset.RowCell) string {
	if c.Kind == dataset.NumberCell {
		return fmt.Sprint(c.Number)
	}
	return c.Text
}

// What is wrong with a file is told with its place and with what to do.
func ExampleError() {
	_, err := dataset.Read(strings.NewReader("time,hare\n0,30\n1,n/a\n"), "pelts.csv", dataset.Roles{Observables: []string{"hare"}})
	fmt.Println(err)
	_, err = dataset.Read(strings.NewReader("time,hares\n0,30\n"), "pelts.csv", dataset.Roles{Observables: []string{"hare"}})
	fmt.Println(err)
	// Output:
	// pelts.csv:3:3: column hare: "n/a" is not a number; for a missing value leave the cell empty or write NA
	// pelts.csv:1: there is no column "hare" (the model observes it); the columns are time, hares; did you mean hares?
}

func ExampleWriteWide() {
	rows := slices.Values([][]float64{{0, 30, 4}, {0.1, 31.4, 4.25}})
	if err := dataset.WriteWide(os.Stdout, []string{"time", "hare", "lynx"}, rows); err != nil {
		fmt.Println(err)
	}
	// Output:
	// time,hare,lynx
	// 0,30,4
	// 0.1,31.4,4.25
}
