package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// printTables writes a table for each number of callers: a row a peer, a column an operation.
func printTables(out io.Writer, peers peerList, results map[cell][]sample, rounds int, slice time.Duration) {
	fmt.Fprintf(out, "Medians of %d interleaved rounds of %s. Each cell: **ratio to the floor**", rounds, slice)
	fmt.Fprintf(out, " (lowest–highest of the rounds), operations per second, CPU seconds of the server per 10,000 operations.\n")
	for _, n := range callers {
		fmt.Fprintf(out, "\n%d caller(s):\n\n|", n)
		for _, operation := range operations {
			fmt.Fprintf(out, " | %s", operation.name)
		}
		fmt.Fprintf(out, " |\n|---%s|\n", strings.Repeat("|---", len(operations)))
		for i, peer := range peers {
			fmt.Fprintf(out, "| %s |", peer.name)
			for _, operation := range operations {
				samples := results[cell{peer.name, operation.name, n}]
				_, rate, _ := spread(samples, func(s sample) float64 { return s.perSecond })
				_, cpu, _ := spread(samples, func(s sample) float64 { return s.cpuPer10k })
				if i > 0 {
					low, median, high := ratio(peers, results, i, operation.name, n)
					fmt.Fprintf(out, " **%.2f** (%.2f–%.2f)", median, low, high)
				}
				fmt.Fprintf(out, " %.0f/s %.2f s |", rate, cpu)
			}
			fmt.Fprintln(out)
		}
	}
}

// ratio is the median of the rounds' own ratios to the floor: both were measured seconds apart.
func ratio(peers peerList, results map[cell][]sample, i int, operation string, n int) (low, median, high float64) {
	floor := results[cell{peers[0].name, operation, n}]
	ratios := make([]sample, len(floor))
	for round, s := range results[cell{peers[i].name, operation, n}] {
		ratios[round].perSecond = s.perSecond / floor[round].perSecond
	}
	return spread(ratios, func(s sample) float64 { return s.perSecond })
}

func spread(samples []sample, of func(sample) float64) (low, median, high float64) {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[0], values[len(values)/2], values[len(values)-1]
}

// plotted is the number of callers in the plot: what a busy kube-apiserver has in flight.
const plotted = 8

// draw plots the ratio to the floor of each operation, for the peers that are no floors themselves.
func draw(file string, peers peerList, results map[cell][]sample) error {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("Operations per second, as a ratio to the floor; %d callers", plotted)
	p.Y.Min, p.Y.Max = 0, 1.5 // room for the legend
	p.Legend.Top = true
	p.Add(plotter.NewGrid())
	var names []string
	for _, operation := range operations {
		names = append(names, operation.name)
	}
	p.NominalX(names...)
	plottedPeers := 0
	for _, peer := range peers {
		if !strings.HasPrefix(peer.name, "floor") {
			plottedPeers++
		}
	}
	width := vg.Points(80 / float64(max(1, plottedPeers)))
	index := 0
	for i, peer := range peers {
		if strings.HasPrefix(peer.name, "floor") {
			continue
		}
		values := make(plotter.Values, len(operations))
		for o, operation := range operations {
			_, values[o], _ = ratio(peers, results, i, operation.name, plotted)
		}
		bars, err := plotter.NewBarChart(values, width)
		if err != nil {
			return err
		}
		bars.Color = plotutil.Color(index)
		bars.LineStyle.Width = 0
		bars.Offset = width * vg.Length(float64(index)-float64(plottedPeers-1)/2)
		p.Add(bars)
		p.Legend.Add(peer.name, bars)
		index++
	}
	return p.Save(9*vg.Inch, 4*vg.Inch, file)
}
