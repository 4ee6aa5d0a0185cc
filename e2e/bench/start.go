package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	loadCalls   = 50_000
	loadCallers = 16
	idle        = 5 * time.Second
	patience    = time.Minute
)

// A program is started with "serve --config FILE" as its last arguments.
type program struct {
	name    string
	file    string
	figures []figures
}

// figures of one start. Memory in MB of 10^6 bytes, as proc(5) counts what is resident.
type figures struct{ firstPair, idleMB, idleCPU, loadedMB float64 }

func start(arguments []string) {
	flags := flag.NewFlagSet("start", flag.ExitOnError)
	var programs programList
	flags.Var(&programs, "program", "`NAME=FILE` that understands serve")
	config := flags.String("config", "", "`FILE` for serve --config")
	socket := flags.String("socket", "", "`SOCKET` that the configuration names")
	rounds := flags.Int("rounds", 7, "interleaved rounds")
	flags.Parse(arguments)
	for round := range *rounds {
		for _, program := range programs {
			program.figures = append(program.figures, program.once(*config, *socket))
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, *rounds)
	}
	printStarts(os.Stdout, programs, *rounds)
}

// once starts the program, waits for its first answered pair, leaves it alone for a while, loads
// it, and ends it.
func (p *program) once(config, socket string) figures {
	server := exec.Command(p.file, "serve", "--config", config)
	begin := time.Now()
	if err := server.Start(); err != nil {
		log.Fatal(err)
	}
	defer func() {
		server.Process.Signal(syscall.SIGTERM)
		server.Wait()
	}()
	timer := time.AfterFunc(patience, func() { server.Process.Kill() })
	defer timer.Stop()
	peer := &peer{name: p.name, socket: socket}
	for {
		if _, err := os.Stat(socket); err == nil && peer.dial() == nil {
			break
		}
		if time.Since(begin) > patience { // and it has been killed
			log.Fatalf("%s has not answered within %s", p.name, patience)
		}
		time.Sleep(time.Millisecond)
	}
	if err := peer.decryptV2(context.Background(), peer.wrapped); err != nil {
		log.Fatalf("%s: %v", p.name, err)
	}
	result := figures{firstPair: time.Since(begin).Seconds()}
	time.Sleep(idle)
	cpu := peer.cpuSeconds()
	time.Sleep(idle)
	result.idleCPU = (peer.cpuSeconds() - cpu) / idle.Seconds()
	result.idleMB = peer.residentMB()
	peer.load()
	result.loadedMB = peer.residentMB()
	peer.connection.Close()
	return result
}

// load makes v2 pairs until loadCalls calls are answered.
func (p *peer) load() {
	var group sync.WaitGroup
	for range loadCallers {
		group.Go(func() {
			for range loadCalls / loadCallers / 2 {
				wrapped, err := p.encryptV2(context.Background())
				if err == nil {
					err = p.decryptV2(context.Background(), wrapped)
				}
				if err != nil {
					log.Fatalf("%s: %v", p.name, err)
				}
			}
		})
	}
	group.Wait()
}

var resident = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func (p *peer) residentMB() float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		log.Fatal(err)
	}
	kib, _ := strconv.ParseFloat(string(resident.FindSubmatch(status)[1]), 64)
	return kib * 1024 / 1e6
}

func printStarts(out io.Writer, programs programList, rounds int) {
	fmt.Fprintf(out, "Medians (lowest–highest) of %d interleaved starts.\n\n", rounds)
	fmt.Fprintln(out, "| | first answered pair, s | resident, idle, MB | idle CPU, % of a core | resident after 50,000 calls, MB |")
	fmt.Fprintln(out, "|---|---|---|---|---|")
	for _, p := range programs {
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", p.name,
			p.cell(2, func(f figures) float64 { return f.firstPair }),
			p.cell(0, func(f figures) float64 { return f.idleMB }),
			p.cell(1, func(f figures) float64 { return f.idleCPU * 100 }),
			p.cell(0, func(f figures) float64 { return f.loadedMB }))
	}
}

func (p *program) cell(digits int, of func(figures) float64) string {
	values := make([]float64, len(p.figures))
	for i, f := range p.figures {
		values[i] = of(f)
	}
	slices.Sort(values)
	return fmt.Sprintf("**%.*f** (%.*f–%.*f)", digits, values[len(values)/2], digits, values[0], digits, values[len(values)-1])
}

type programList []*program

func (l *programList) String() string { return fmt.Sprint(len(*l)) }

func (l *programList) Set(value string) error {
	name, file, found := strings.Cut(value, "=")
	if !found {
		return fmt.Errorf("not NAME=FILE: %s", value)
	}
	*l = append(*l, &program{name: name, file: file})
	return nil
}
