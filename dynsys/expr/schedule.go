package expr

// window is the number of instructions within which the order is free, so that values
// of a large program stay near each other.
const window = 2048

// schedule orders instructions, whose operands are places, so that equal operations
// follow each other as often as their operands allow: the interpreter then branches once
// a run of them in place of once an instruction. Within a window it takes, again and
// again, all that is ready of the operation of which most is ready. It returns the
// instructions, whose operands are still the old places, and where each stood.
func schedule(code []instruction) (sorted []instruction, was []int32) {
	sorted, was = make([]instruction, 0, len(code)), make([]int32, 0, len(code))
	for first := 0; first < len(code); first += window {
		w := newWindow(code, first, min(first+window, len(code)))
		for w.left > 0 {
			o := w.fullest()
			for ; len(w.ready[o]) > 0; w.left-- {
				i := w.ready[o][0]
				w.ready[o] = w.ready[o][1:]
				sorted, was = append(sorted, code[i]), append(was, i)
				w.done(int(i))
			}
		}
	}
	return sorted, was
}

// sortWindow is the state of one window.
type sortWindow struct {
	code    []instruction
	first   int
	waits   []int     // for how many operands made in the window, of each instruction
	users   [][]int32 // of the value of each
	ready   [numOps][]int32
	present []op // operations that occur
	left    int
}

func newWindow(code []instruction, first, last int) *sortWindow {
	n := last - first
	w := &sortWindow{code: code, first: first, waits: make([]int, n), users: make([][]int32, n), left: n}
	var seen [numOps]bool
	for i := first; i < last; i++ {
		c := &code[i]
		for _, o := range c.operands() {
			if v := int(*o); v >= first {
				w.waits[i-first]++
				w.users[v-first] = append(w.users[v-first], int32(i))
			}
		}
		if !seen[c.op] {
			seen[c.op] = true
			w.present = append(w.present, c.op)
		}
		if w.waits[i-first] == 0 {
			w.ready[c.op] = append(w.ready[c.op], int32(i))
		}
	}
	return w
}

// fullest returns the operation of which most is ready.
func (w *sortWindow) fullest() op {
	best := w.present[0]
	for _, o := range w.present {
		if len(w.ready[o]) > len(w.ready[best]) {
			best = o
		}
	}
	return best
}

// done makes ready what waited for instruction i only.
func (w *sortWindow) done(i int) {
	for _, u := range w.users[i-w.first] {
		at := int(u) - w.first
		if w.waits[at]--; w.waits[at] == 0 {
			o := w.code[u].op
			w.ready[o] = append(w.ready[o], u)
		}
	}
}
