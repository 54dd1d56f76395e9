// Command bench races the solvers of integrate against other programs on eleven
// standard problems:
//
//	go run ./internal/bench -peers DIR -docs docs
//
// It prints a line for each measurement,
//
//	peer,problem,method,rtol,atol,nfev,njev,steps,best_us,median_us,err
//
// and with -docs writes a picture for each problem and the tables of
// docs/benchmarks.md. DIR holds the peers: every executable in it that prints lines of
// the same form for the problem named in the environment variable PEERS_ONLY takes
// part; where it is not given (nor ODEFIT_PEERS set) only our own rows are made. Runs
// alternate: peers, our solvers, peers, our solvers; the best time of all rounds
// counts.
package main
