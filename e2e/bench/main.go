// Command bench measures KMS plugins over one gRPC connection each, as kube-apiserver has one, in
// interleaved rounds, and prints Markdown tables.
//
//	bench rates   medians, spreads and ratios to the first plugin (the floor)
//	bench start   time to the first answered pair, memory, idle CPU
//	bench kms     pairs on a stand-in for JD Cloud KMS
//	bench simple-plugin SOCKET ENDPOINT   the plugin that "kms" compares with
//
// Absolute figures depend on the machine; ratios within one run carry over.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"time"
)

var callers = []int{1, 8, 64}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: bench rates|start|kms|simple-plugin [ARGUMENT]...")
	}
	switch mode, arguments := os.Args[1], os.Args[2:]; mode {
	case "rates":
		rates(arguments)
	case "start":
		start(arguments)
	case "kms":
		kms(arguments)
	case "simple-plugin":
		log.Fatal(serveSimple(arguments[0], arguments[1]))
	default:
		log.Fatalf("no such mode: %s", mode)
	}
}

func rates(arguments []string) {
	flags := flag.NewFlagSet("rates", flag.ExitOnError)
	var peers peerList
	flags.Var(&peers, "peer", "`NAME=SOCKET` of a running plugin; the first is the floor")
	rounds := flags.Int("rounds", 7, "interleaved rounds")
	slice := flags.Duration("slice", time.Second, "time for one measurement")
	plot := flags.String("plot", "", "`FILE` for a plot, SVG")
	flags.Parse(arguments)
	if len(peers) < 2 {
		log.Fatal("name at least two: --peer floor=SOCKET --peer keywrap=SOCKET")
	}
	for _, peer := range peers {
		if err := peer.dial(); err != nil {
			log.Fatal(err)
		}
	}
	results := measure(peers, *rounds, *slice)
	printTables(os.Stdout, peers, results, *rounds, *slice)
	if *plot != "" {
		if err := draw(*plot, peers, results); err != nil {
			log.Fatal(err)
		}
	}
}

// measure warms every peer up, then takes one sample of each peer in turn, cell by cell, so that a
// change of the machine's speed meets all of them.
func measure(peers peerList, rounds int, slice time.Duration) map[cell][]sample {
	results := map[cell][]sample{}
	for _, operation := range operations {
		for _, n := range callers {
			for _, peer := range peers {
				run(peer, operation, n, slice)
			}
		}
	}
	for round := range rounds {
		for _, operation := range operations {
			for _, n := range callers {
				for _, peer := range peers {
					key := cell{peer.name, operation.name, n}
					results[key] = append(results[key], run(peer, operation, n, slice))
				}
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, rounds)
	}
	return results
}

type peerList []*peer

func (l *peerList) String() string { return fmt.Sprint(len(*l)) }

func (l *peerList) Set(value string) error {
	name, socket, found := strings.Cut(value, "=")
	if !found {
		return fmt.Errorf("not NAME=SOCKET: %s", value)
	}
	*l = append(*l, &peer{name: name, socket: socket})
	return nil
}
