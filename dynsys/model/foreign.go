package model

import "strings"

// foreign recognises what other languages and word processors write, and says what
// to write here. It returns the number of bytes recognised.
func foreign(rest string) (hint string, n int) {
	for _, f := range [...]struct{ text, hint string }{
		{";", "a line ends a statement by itself: remove the semicolon"},
		{":=", "write = in place of :="},
		{"&&", "write and"}, {"&", "write and"},
		{"||", "write or"}, {"|", "write or"},
		{"{", "write ( in place of {"}, {"}", "write ) in place of }"},
		{"%", "a comment begins with #"},
		{"−", "write the minus sign - of the keyboard"},
		{"–", "write the minus sign - of the keyboard"},
		{"×", "write *"}, {"·", "write *"}, {"⋅", "write *"}, {"÷", "write /"},
		{"≤", "write <="}, {"≥", "write >="}, {"≠", "write !="},
		{"’", "write the plain apostrophe '"}, {"′", "write the plain apostrophe '"},
		{"“", `write the plain quotation mark "`}, {"”", `write the plain quotation mark "`},
		{"²", "write ^2"}, {"³", "write ^3"}, {"√", "write sqrt(...)"}, {"∞", "write inf"},
	} {
		if strings.HasPrefix(rest, f.text) {
			return f.hint, len(f.text)
		}
	}
	if strings.HasPrefix(rest, "!") && !strings.HasPrefix(rest, "!=") {
		return "write not", 1
	}
	return "", 0
}
