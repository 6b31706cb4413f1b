package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// sizes are what has to be fetched.
type sizes struct{ binary, image int64 } // image: 0 when unknown

func (m *machine) sizes(ctx context.Context, image string) sizes {
	var all sizes
	if info, err := os.Stat(m.binary); err == nil {
		all.binary = info.Size()
	}
	out, err := exec.CommandContext(ctx, "docker", "image", "inspect", "--format", "{{.Size}}", image).Output() //nolint:gosec // the caller names the image
	if err == nil {
		all.image, _ = strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	}
	return all
}

// tables show all that was measured.
func tables(results []result, s sizes) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nMeasured with %s on %s/%s, %d processors.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	b.WriteString("| Command | Start at 0 ms | at 100 ms | End at 0 ms | at 100 ms | Processor time of the start | of the end | Allocations of the start |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	var first time.Duration
	for _, r := range results {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s, %d KiB |\n", r.example.Name,
			milliseconds(r.near.main.wall), milliseconds(r.far.main.wall), milliseconds(r.near.post.wall), milliseconds(r.far.post.wall),
			milliseconds(r.near.main.processor), milliseconds(r.near.post.processor),
			thousands(r.allocations), r.allocatedKiB)
		first = max(first, r.near.main.first)
	}
	fmt.Fprintf(&b, "\n| | |\n| --- | --- |\n| From the start of the program to its first request | %s |\n| The program | %s |\n", milliseconds(first), megabytes(s.binary))
	if s.image > 0 {
		fmt.Fprintf(&b, "| The image | %s |\n", megabytes(s.image))
	}
	return b.String() + "\n"
}

func milliseconds(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return fmt.Sprintf("%d ms", max(1, d.Milliseconds()))
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }

// thousands writes a number with commas.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
