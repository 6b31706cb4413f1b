package period_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/period"
)

const day = 24 * time.Hour

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"1m":             time.Minute,
		"30m":            30 * time.Minute,
		"90m":            90 * time.Minute,
		"2h":             2 * time.Hour,
		"2H":             2 * time.Hour,
		"1D12h":          36 * time.Hour,
		"1h30m":          90 * time.Minute,
		"1w":             7 * day,
		"1w1d1h1m":       8*day + time.Hour + time.Minute,
		"1w30m":          7*day + 30*time.Minute,
		"48h":            2 * day,
		"0h5m":           5 * time.Minute,
		"0000000000002h": 2 * time.Hour,
		"52w":            364 * day,
		"52w1d":          period.Longest,
		"365d":           period.Longest,
		"8760h":          period.Longest,
		"525600m":        period.Longest,
		"364d23h60m":     period.Longest,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := period.Parse(text)
			require.NoError(t, err, "%q", text)
			assert.Equal(t, want, got, "%q", text)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "0m", "0w0d0h0m", "90", "1h30", "m", "h1", "1", "0",
		"1d1w", "1m1h", "1h1h", "1w1w", "1h1d", // not in order, or twice
		"-1h", "+1h", "1-h", "1h-1m", "1.5h", "1,5h", "1e2h", "0x1h", "1_0h", "½h",
		" 2h", "2h ", "2 h", "1h 30m", "2h\n", "\u00a02h", "2\u200bh", "2h\x00", "\xff",
		"2s", "2y", "2mo", "2min", "2hours", "1h30min", "PT2H", "2h0m0s", "2ms", "tomorrow",
		"٣h", "２h", "2ｈ", "2\u210e",
		"53w", "366d", "8761h", "525601m", "52w2d", "365d1m", "52w365d8760h525600m",
		"999999999h", "9223372036854775808m", strings.Repeat("9", 10_000) + "h",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := period.Parse(text)
			require.ErrorContains(t, err, "is no length of time such as 30m, 2h, 1d12h or 1w, of at most a year", "%q", text)
			assert.Zero(t, got, "%q", text)
		})
	}
}

func TestParseSaysWhatItRead(t *testing.T) {
	t.Parallel()
	_, err := period.Parse("2X\n")
	require.EqualError(t, err, `"2X\n" is no length of time such as 30m, 2h, 1d12h or 1w, of at most a year`)
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for length, want := range map[time.Duration]string{
		0:                               "0m",
		-2 * time.Hour:                  "0m",
		math.MinInt64:                   "0m",
		29 * time.Second:                "0m",
		30 * time.Second:                "1m",
		time.Minute + 29*time.Second:    "1m",
		59*time.Minute + 45*time.Second: "1h",
		90 * time.Minute:                "1h30m",
		36 * time.Hour:                  "1d12h",
		6*day + 23*time.Hour:            "6d23h",
		7 * day:                         "1w",
		8*day + time.Hour + time.Minute: "1w1d1h1m",
		period.Longest:                  "52w1d",
		math.MaxInt64:                   "15250w1d23h47m",
	} {
		t.Run(length.String(), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, period.Format(length), "%s", length)
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"30m", "1w1d1h1m", "2H", "0h5m", "365d", "", "1d1w", "1h30", "٣h", "9999999999999999999h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		length, err := period.Parse(text)
		if err != nil {
			assert.Zero(t, length)
			return
		}
		assert.Positive(t, length)
		assert.LessOrEqual(t, length, period.Longest)
		again, err := period.Parse(period.Format(length))
		require.NoError(t, err)
		assert.Equal(t, length, again)
	})
}
