package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A kmsPeer makes a pair: Encrypt, and Decrypt of the result.
type kmsPeer struct {
	name       string
	pair       func(context.Context) error
	cpuSeconds func() float64 // of its process, so far
}

type kmsCell struct {
	peer    string
	delay   int
	callers int
}

type kmsSample struct {
	perSecond, connectionsPer1000, cpuPer10k float64
	median                                   time.Duration // of a pair
}

// kms compares plugins on a stand-in for JD Cloud KMS, with each other and with the same two requests
// made directly over pooled connections.
func kms(arguments []string) {
	flags := flag.NewFlagSet("kms", flag.ExitOnError)
	var plugins peerList
	flags.Var(&plugins, "peer", "`NAME=SOCKET` of a running plugin; the first is what the others are compared with")
	endpoint := flags.String("endpoint", "http://127.0.0.1:18080", "of the stand-in")
	rounds := flags.Int("rounds", 5, "interleaved rounds")
	slice := flags.Duration("slice", time.Second, "time for one measurement")
	callers, delays := numbers{1, 8, 64}, numbers{0, 5}
	flags.Var(&callers, "callers", "`NUMBERS` of them, with commas")
	flags.Var(&delays, "delays", "`MILLISECONDS` after which the stand-in answers, with commas")
	flags.Parse(arguments)
	var peers []kmsPeer
	for _, plugin := range plugins {
		connection, err := plugin.connect()
		if err != nil {
			log.Fatal(err)
		}
		defer connection.Close()
		if plugin.pid, err = listener(plugin.socket); err != nil {
			log.Fatal(err)
		}
		pair := func(ctx context.Context) error {
			cipher, err := plugin.encryptV1(ctx)
			if err != nil {
				return err
			}
			return plugin.decryptV1(ctx, cipher)
		}
		peers = append(peers, kmsPeer{plugin.name, pair, plugin.cpuSeconds})
	}
	direct := &kmsClient{endpoint: *endpoint, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	peers = append(peers, kmsPeer{"plain", direct.pair, func() float64 { return 0 }})
	results := map[kmsCell][]kmsSample{}
	for round := range *rounds + 1 {
		length := *slice
		if round == 0 { // warms up: just-in-time compilers take seconds under load
			length *= 4
		}
		for _, delay := range delays {
			control(*endpoint, fmt.Sprintf("delay/%d", delay))
			for _, n := range callers {
				for _, peer := range peers {
					sample := runPairs(*endpoint, peer, n, length)
					if round > 0 {
						cell := kmsCell{peer.name, delay, n}
						results[cell] = append(results[cell], sample)
					}
				}
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round, *rounds)
	}
	control(*endpoint, "delay/0")
	printPairs(os.Stdout, peers, delays, callers, results, *rounds, *slice)
}

func runPairs(endpoint string, peer kmsPeer, n int, slice time.Duration) kmsSample {
	before, cpu := control(endpoint, "stats").Connections, peer.cpuSeconds()
	start := time.Now()
	var mutex sync.Mutex
	var all []time.Duration
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			var own []time.Duration
			for time.Since(start) < slice {
				ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
				begun := time.Now()
				if err := peer.pair(ctx); err != nil {
					log.Fatalf("%s: %v", peer.name, err)
				}
				own = append(own, time.Since(begun))
				cancel()
			}
			mutex.Lock()
			all = append(all, own...)
			mutex.Unlock()
		})
	}
	group.Wait()
	elapsed := time.Since(start)
	slices.Sort(all)
	cpu = peer.cpuSeconds() - cpu
	opened := control(endpoint, "stats").Connections - before
	return kmsSample{
		perSecond:          float64(len(all)) / elapsed.Seconds(),
		connectionsPer1000: float64(opened) / float64(len(all)) * 1000,
		cpuPer10k:          cpu / float64(len(all)) * 10_000,
		median:             all[len(all)/2],
	}
}

type numbers []int

func (n *numbers) String() string { return fmt.Sprint(*n) }

func (n *numbers) Set(value string) error {
	*n = nil
	for _, one := range strings.Split(value, ",") {
		number, err := strconv.Atoi(one)
		if err != nil {
			return err
		}
		*n = append(*n, number)
	}
	return nil
}

type kmsStats struct{ Connections int }

func control(endpoint, command string) kmsStats {
	response, err := http.Post(endpoint+"/fake/"+command, "", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Result kmsStats }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		log.Fatal(err)
	}
	return answer.Result
}

func printPairs(out io.Writer, peers []kmsPeer, delays, callers numbers, results map[kmsCell][]kmsSample, rounds int, slice time.Duration) {
	first := peers[0].name
	fmt.Fprintf(out, "Medians of %d interleaved rounds of %s. Each cell: **ratio of rates to %s** (lowest–highest of the rounds), pairs", rounds, slice, first)
	fmt.Fprintf(out, " per second; CPU seconds of the plugin per 10,000 pairs, median time of a pair beyond that of plain; connections opened per 1,000 pairs.\n")
	for _, delay := range delays {
		fmt.Fprintf(out, "\nThe KMS answers after %d ms:\n\n| callers |", delay)
		for _, peer := range peers {
			fmt.Fprintf(out, " %s |", peer.name)
		}
		fmt.Fprint(out, "\n|---")
		for range peers {
			fmt.Fprint(out, "|---")
		}
		fmt.Fprintln(out, "|")
		for _, n := range callers {
			fmt.Fprintf(out, "| %d |", n)
			base := results[kmsCell{first, delay, n}]
			plain := results[kmsCell{"plain", delay, n}]
			for _, peer := range peers {
				samples := results[kmsCell{peer.name, delay, n}]
				ratios, beyond := make([]float64, rounds), make([]float64, rounds)
				for i, s := range samples {
					ratios[i] = s.perSecond / base[i].perSecond
					beyond[i] = float64((s.median - plain[i].median).Microseconds())
				}
				low, ratio, high := lowMedianHigh(ratios)
				_, rate, _ := lowMedianHigh(column(samples, func(s kmsSample) float64 { return s.perSecond }))
				_, opened, _ := lowMedianHigh(column(samples, func(s kmsSample) float64 { return s.connectionsPer1000 }))
				_, more, _ := lowMedianHigh(beyond)
				_, cpu, _ := lowMedianHigh(column(samples, func(s kmsSample) float64 { return s.cpuPer10k }))
				fmt.Fprintf(out, " **%.2f** (%.2f–%.2f) %.0f/s;", ratio, low, high, rate)
				if peer.name != "plain" {
					fmt.Fprintf(out, " %.1f s, %+.0f µs;", cpu, more)
				}
				fmt.Fprintf(out, " %.1f |", opened)
			}
			fmt.Fprintln(out)
		}
	}
}

func column(samples []kmsSample, of func(kmsSample) float64) []float64 {
	var values []float64
	for _, s := range samples {
		values = append(values, of(s))
	}
	return values
}

func lowMedianHigh(values []float64) (low, median, high float64) {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[0], sorted[len(sorted)/2], sorted[len(sorted)-1]
}

func (c *kmsClient) pair(ctx context.Context) error {
	blob, err := c.call(ctx, "Encrypt", "plaintext", dek, "ciphertextBlob")
	if err != nil {
		return err
	}
	plaintext, err := c.call(ctx, "Decrypt", "ciphertextBlob", blob, "plaintext")
	if err == nil && !bytes.Equal(plaintext, dek) {
		log.Fatal("plain: another plaintext")
	}
	return err
}
