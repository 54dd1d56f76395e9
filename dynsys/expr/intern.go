package expr

// nodeTable finds the node of a term: open addressing with linear probing, at most half
// full. It holds node numbers only, as the terms are the builder's.
type nodeTable struct {
	slots []Node // complement of a node, 0 where empty
	used  int
}

// find returns the node of t, and else where it belongs.
func (s *nodeTable) find(terms []term, t term) (n Node, at int, ok bool) {
	mask := len(s.slots) - 1
	for i := int(t.hash()) & mask; ; i = (i + 1) & mask {
		c := s.slots[i]
		if c == 0 {
			return 0, i, false
		}
		if terms[^c] == t {
			return ^c, i, true
		}
	}
}

// put enters node n at the place that find returned.
func (s *nodeTable) put(terms []term, n Node, at int) {
	s.slots[at] = ^n
	s.used++
	if 2*s.used < len(s.slots) {
		return
	}
	old := s.slots
	s.slots = make([]Node, 2*len(old))
	for _, c := range old {
		if c != 0 {
			_, at, _ := s.find(terms, terms[^c])
			s.slots[at] = c
		}
	}
}

// hash mixes all fields.
func (t *term) hash() uint64 {
	const a, b = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93 // odd, without pattern
	h := (uint64(t.op) | uint64(uint32(t.k))<<8) * a
	h = (h ^ h>>29 ^ uint64(uint32(t.a)) ^ uint64(uint32(t.b))<<32) * b
	h = (h ^ h>>32 ^ uint64(uint32(t.c)) ^ t.bits) * a
	return h >> 20
}
