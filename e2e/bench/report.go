package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// printTables writes a table for each number of callers.
func printTables(out io.Writer, peers peerList, results map[cell][]sample, rounds int, slice time.Duration) {
	fmt.Fprintf(out, "Medians of %d interleaved rounds of %s; in brackets the lowest and highest. ", rounds, slice)
	fmt.Fprintf(out, "CPU: seconds of the server per 10,000 operations.\n")
	for _, n := range callers {
		fmt.Fprintf(out, "\n**%d caller(s)**\n\n| operation |", n)
		for i, peer := range peers {
			fmt.Fprintf(out, " %s /s | CPU |", peer.name)
			if i > 0 {
				fmt.Fprint(out, " ratio |")
			}
		}
		fmt.Fprint(out, "\n|---|")
		for i := range peers {
			fmt.Fprint(out, "---|---|")
			if i > 0 {
				fmt.Fprint(out, "---|")
			}
		}
		fmt.Fprintln(out)
		for _, operation := range operations {
			fmt.Fprintf(out, "| %s |", operation.name)
			for i, peer := range peers {
				samples := results[cell{peer.name, operation.name, n}]
				low, median, high := spread(samples, func(s sample) float64 { return s.perSecond })
				_, cpu, _ := spread(samples, func(s sample) float64 { return s.cpuPer10k })
				fmt.Fprintf(out, " %.0f (%.0f–%.0f) | %.2f |", median, low, high, cpu)
				if i > 0 {
					fmt.Fprintf(out, " **%.2f** |", ratio(peers, results, i, operation.name, n))
				}
			}
			fmt.Fprintln(out)
		}
	}
}

// ratio is the median of the rounds' own ratios to the floor: both were measured seconds apart.
func ratio(peers peerList, results map[cell][]sample, i int, operation string, n int) float64 {
	floor := results[cell{peers[0].name, operation, n}]
	ratios := make([]sample, len(floor))
	for round, s := range results[cell{peers[i].name, operation, n}] {
		ratios[round].perSecond = s.perSecond / floor[round].perSecond
	}
	_, median, _ := spread(ratios, func(s sample) float64 { return s.perSecond })
	return median
}

func spread(samples []sample, of func(sample) float64) (low, median, high float64) {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[0], values[len(values)/2], values[len(values)-1]
}

// draw plots the ratio to the floor of each operation.
func draw(file string, peers peerList, results map[cell][]sample) error {
	p := plot.New()
	p.Title.Text = "Operations per second, as a ratio to the floor"
	p.Y.Min = 0
	var names []string
	for _, operation := range operations {
		names = append(names, operation.name)
	}
	p.NominalX(names...)
	width := vg.Points(12)
	index := 0
	series := (len(peers) - 1) * len(callers)
	for i := 1; i < len(peers); i++ {
		for _, n := range callers {
			values := make(plotter.Values, len(operations))
			for o, operation := range operations {
				values[o] = ratio(peers, results, i, operation.name, n)
			}
			bars, err := plotter.NewBarChart(values, width)
			if err != nil {
				return err
			}
			bars.Color = plotutil.Color(index)
			bars.LineStyle.Width = 0
			bars.Offset = width * vg.Length(float64(index)-float64(series-1)/2)
			p.Add(bars)
			p.Legend.Add(fmt.Sprintf("%s, %d caller(s)", peers[i].name, n), bars)
			index++
		}
	}
	p.Legend.Top = true
	p.Add(plotter.NewGrid())
	return p.Save(9*vg.Inch, 4*vg.Inch, file)
}
