package integrate

// Methods returns all methods of the toolkit, in the order in which they are best
// presented.
func Methods() []Method {
	return []Method{Auto{}, Tsit5{}, Dopri5{}, Vern7{}, Dop853{}, Vern9{}, BS3{}, Adams{}, Rodas5P{}, Rosenbrock23{}, RadauIIA5{}, Kvaerno5{}, KenCarp4{}, TRBDF2{}, SDIRK4{}, BDF{}, RK4{}, Heun{}, Euler{}}
}

// ByName returns the method of a name, such as "tsit5".
func ByName(name string) (Method, bool) {
	for _, m := range Methods() {
		if m.String() == name {
			return m, true
		}
	}
	return nil, false
}
