package policy

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata" // the zones, wherever the tests run

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

func instantOf(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return at
}

// freezeOf reads two moments of one form: "fri 16:00", "18:00" or "2026-12-23 18:00".
func freezeOf(t testing.TB, from, until string) Freeze {
	t.Helper()
	kind, begin := momentOf(t, from)
	_, end := momentOf(t, until)
	return Freeze{Name: from + " to " + until, Kind: kind, From: begin, Until: end}
}

func momentOf(t testing.TB, text string) (FreezeKind, Moment) {
	t.Helper()
	if at, err := time.Parse("2006-01-02 15:04", text); err == nil {
		return Once, Moment{Year: at.Year(), Month: at.Month(), Day: at.Day(), Hour: at.Hour(), Minute: at.Minute()}
	}
	if at, err := time.Parse("15:04", text); err == nil {
		return Daily, Moment{Hour: at.Hour(), Minute: at.Minute()}
	}
	at, err := time.Parse("15:04", text[4:])
	require.NoError(t, err)
	for weekday := time.Sunday; weekday <= time.Saturday; weekday++ {
		if weekday.String()[:2] == string(text[0]-'a'+'A')+text[1:2] {
			return Weekly, Moment{Weekday: weekday, Hour: at.Hour(), Minute: at.Minute()}
		}
	}
	require.Fail(t, "no moment", text)
	return "", Moment{}
}

// Each row is one time of a freeze: the instants at which it begins and ends.
func TestFrozenAt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		zone, from, until string
		begin, end        string
	}{
		"weekly":                    {"Europe/Berlin", "fri 16:00", "mon 08:00", "2026-07-03T16:00:00+02:00", "2026-07-06T08:00:00+02:00"},
		"weekly within a week":      {"UTC", "tue 10:00", "wed 09:00", "2026-07-07T10:00:00Z", "2026-07-08T09:00:00Z"},
		"weekly, nearly a week":     {"UTC", "mon 10:00", "mon 08:00", "2026-07-06T10:00:00Z", "2026-07-13T08:00:00Z"},
		"weekly over saturday":      {"UTC", "sat 23:59", "sun 00:00", "2026-07-04T23:59:00Z", "2026-07-05T00:00:00Z"},
		"daily":                     {"Europe/Berlin", "09:00", "17:30", "2026-07-03T09:00:00+02:00", "2026-07-03T17:30:00+02:00"},
		"daily over midnight":       {"Europe/Berlin", "18:00", "08:00", "2026-07-03T18:00:00+02:00", "2026-07-04T08:00:00+02:00"},
		"daily until midnight":      {"UTC", "18:00", "00:00", "2026-07-03T18:00:00Z", "2026-07-04T00:00:00Z"},
		"daily from midnight":       {"UTC", "00:00", "06:00", "2026-07-03T00:00:00Z", "2026-07-03T06:00:00Z"},
		"once":                      {"Europe/Berlin", "2026-12-23 18:00", "2027-01-04 08:00", "2026-12-23T18:00:00+01:00", "2027-01-04T08:00:00+01:00"},
		"once, for two years":       {"Europe/Berlin", "2026-06-01 00:00", "2028-06-01 00:00", "2026-06-01T00:00:00+02:00", "2028-06-01T00:00:00+02:00"},
		"once, far in the future":   {"America/New_York", "2451-07-01 00:00", "2452-02-01 00:00", "2451-07-01T00:00:00-04:00", "2452-02-01T00:00:00-05:00"},
		"once, the leap day":        {"UTC", "2028-02-29 00:00", "2028-03-01 00:00", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"},
		"daily over the leap day":   {"Europe/Berlin", "18:00", "08:00", "2028-02-28T18:00:00+01:00", "2028-02-29T08:00:00+01:00"},
		"weekly over the leap day":  {"UTC", "mon 18:00", "wed 08:00", "2028-02-28T18:00:00Z", "2028-03-01T08:00:00Z"},
		"no leap day":               {"UTC", "18:00", "08:00", "2100-02-28T18:00:00Z", "2100-03-01T08:00:00Z"},
		"daily over the year":       {"Europe/Berlin", "18:00", "08:00", "2026-12-31T18:00:00+01:00", "2027-01-01T08:00:00+01:00"},
		"weekly over the year":      {"Europe/Berlin", "thu 18:00", "fri 08:00", "2026-12-31T18:00:00+01:00", "2027-01-01T08:00:00+01:00"},
		"end of a leap year":        {"Europe/Berlin", "18:00", "08:00", "2052-12-31T18:00:00+01:00", "2053-01-01T08:00:00+01:00"},
		"offset without a zone":     {"America/Bogota", "18:00", "08:00", "2026-07-03T18:00:00-05:00", "2026-07-04T08:00:00-05:00"},
		"before 1970":               {"UTC", "fri 16:00", "mon 08:00", "1961-07-07T16:00:00Z", "1961-07-10T08:00:00Z"},
		"a quarter of an hour":      {"Asia/Kathmandu", "18:00", "08:00", "2026-07-03T18:00:00+05:45", "2026-07-04T08:00:00+05:45"},
		"Berlin, spring, begins":    {"Europe/Berlin", "02:30", "08:00", "2026-03-29T03:00:00+02:00", "2026-03-29T08:00:00+02:00"},
		"Berlin, spring, ends":      {"Europe/Berlin", "18:00", "02:30", "2026-03-28T18:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		"Berlin, spring, over":      {"Europe/Berlin", "fri 16:00", "mon 08:00", "2026-03-27T16:00:00+01:00", "2026-03-30T08:00:00+02:00"},
		"Berlin, autumn, begins":    {"Europe/Berlin", "02:30", "08:00", "2026-10-25T02:30:00+02:00", "2026-10-25T08:00:00+01:00"},
		"Berlin, autumn, ends":      {"Europe/Berlin", "18:00", "02:30", "2026-10-24T18:00:00+02:00", "2026-10-25T02:30:00+01:00"},
		"Berlin, autumn, inside":    {"Europe/Berlin", "02:15", "02:45", "2026-10-25T02:15:00+02:00", "2026-10-25T02:45:00+01:00"},
		"Berlin, autumn, edges":     {"Europe/Berlin", "02:00", "03:00", "2026-10-25T02:00:00+02:00", "2026-10-25T03:00:00+01:00"},
		"Berlin, autumn, two o":     {"Europe/Berlin", "01:00", "02:00", "2026-10-25T01:00:00+02:00", "2026-10-25T02:00:00+01:00"},
		"Berlin, autumn, over":      {"Europe/Berlin", "fri 16:00", "mon 08:00", "2026-10-23T16:00:00+02:00", "2026-10-26T08:00:00+01:00"},
		"Berlin, autumn, 2060":      {"Europe/Berlin", "02:15", "02:45", "2060-10-31T02:15:00+02:00", "2060-10-31T02:45:00+01:00"},
		"Berlin, once in the gap":   {"Europe/Berlin", "2026-03-29 02:10", "2026-03-29 04:00", "2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00"},
		"Berlin, once in the fold":  {"Europe/Berlin", "2026-10-25 02:10", "2026-10-25 02:20", "2026-10-25T02:10:00+02:00", "2026-10-25T02:20:00+01:00"},
		"New York, spring, begins":  {"America/New_York", "02:30", "08:00", "2026-03-08T03:00:00-04:00", "2026-03-08T08:00:00-04:00"},
		"New York, spring, ends":    {"America/New_York", "18:00", "02:30", "2026-03-07T18:00:00-05:00", "2026-03-08T03:00:00-04:00"},
		"New York, autumn, begins":  {"America/New_York", "01:30", "08:00", "2026-11-01T01:30:00-04:00", "2026-11-01T08:00:00-05:00"},
		"New York, autumn, ends":    {"America/New_York", "18:00", "01:30", "2026-10-31T18:00:00-04:00", "2026-11-01T01:30:00-05:00"},
		"Lord Howe, spring, begins": {"Australia/Lord_Howe", "02:15", "08:00", "2026-10-04T02:30:00+11:00", "2026-10-04T08:00:00+11:00"},
		"Lord Howe, spring, ends":   {"Australia/Lord_Howe", "18:00", "02:15", "2026-10-03T18:00:00+10:30", "2026-10-04T02:30:00+11:00"},
		"Lord Howe, autumn, begins": {"Australia/Lord_Howe", "01:45", "08:00", "2026-04-05T01:45:00+11:00", "2026-04-05T08:00:00+10:30"},
		"Lord Howe, autumn, ends":   {"Australia/Lord_Howe", "18:00", "01:45", "2026-04-04T18:00:00+11:00", "2026-04-05T01:45:00+10:30"},
		"São Paulo, spring, begins": {"America/Sao_Paulo", "00:00", "06:00", "2018-11-04T01:00:00-02:00", "2018-11-04T06:00:00-02:00"},
		"São Paulo, spring, ends":   {"America/Sao_Paulo", "18:00", "00:00", "2018-11-03T18:00:00-03:00", "2018-11-04T01:00:00-02:00"},
		"São Paulo, spring, day":    {"America/Sao_Paulo", "sun 00:00", "mon 00:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"},
		"São Paulo, autumn, begins": {"America/Sao_Paulo", "23:30", "06:00", "2018-02-17T23:30:00-02:00", "2018-02-18T06:00:00-03:00"},
		"São Paulo, autumn, ends":   {"America/Sao_Paulo", "18:00", "23:30", "2018-02-17T18:00:00-02:00", "2018-02-17T23:30:00-03:00"},
		"São Paulo, autumn, day":    {"America/Sao_Paulo", "sat 00:00", "sun 00:00", "2018-02-17T00:00:00-02:00", "2018-02-18T00:00:00-03:00"},
		"Dublin, spring, begins":    {"Europe/Dublin", "01:30", "08:00", "2026-03-29T02:00:00+01:00", "2026-03-29T08:00:00+01:00"},
		"Dublin, spring, ends":      {"Europe/Dublin", "18:00", "01:30", "2026-03-28T18:00:00Z", "2026-03-29T02:00:00+01:00"},
		"Dublin, autumn, begins":    {"Europe/Dublin", "01:30", "08:00", "2026-10-25T01:30:00+01:00", "2026-10-25T08:00:00Z"},
		"Dublin, autumn, ends":      {"Europe/Dublin", "18:00", "01:30", "2026-10-24T18:00:00+01:00", "2026-10-25T01:30:00Z"},
		"Casablanca, back, begins":  {"Africa/Casablanca", "02:30", "08:00", "2025-02-23T02:30:00+01:00", "2025-02-23T08:00:00Z"},
		"Casablanca, back, ends":    {"Africa/Casablanca", "18:00", "02:30", "2025-02-22T18:00:00+01:00", "2025-02-23T02:30:00Z"},
		"Casablanca, on, begins":    {"Africa/Casablanca", "02:30", "08:00", "2025-04-06T03:00:00+01:00", "2025-04-06T08:00:00+01:00"},
		"Casablanca, on, ends":      {"Africa/Casablanca", "18:00", "02:30", "2025-04-05T18:00:00Z", "2025-04-06T03:00:00+01:00"},
		"Tehran, spring, begins":    {"Asia/Tehran", "00:30", "08:00", "2022-03-22T01:00:00+04:30", "2022-03-22T08:00:00+04:30"},
		"Tehran, autumn, ends":      {"Asia/Tehran", "18:00", "23:30", "2022-09-21T18:00:00+04:30", "2022-09-21T23:30:00+03:30"},
		"Apia skips the end":        {"Pacific/Apia", "thu 18:00", "fri 08:00", "2011-12-29T18:00:00-10:00", "2011-12-31T00:00:00+14:00"},
		"Apia skips the beginning":  {"Pacific/Apia", "fri 16:00", "mon 08:00", "2011-12-31T00:00:00+14:00", "2012-01-02T08:00:00+14:00"},
		"Apia, nights":              {"Pacific/Apia", "18:00", "08:00", "2011-12-29T18:00:00-10:00", "2011-12-31T08:00:00+14:00"},
		"Kwajalein has a day twice": {"Pacific/Kwajalein", "09:00", "12:00", "1969-09-30T09:00:00+11:00", "1969-09-30T12:00:00-12:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			freezes, zone := []Freeze{freezeOf(t, test.from, test.until)}, zoneOf(t, test.zone)
			begin, end := instantOf(t, test.begin), instantOf(t, test.end)
			for at, expected := range map[time.Time]bool{
				begin.Add(-1): false, begin: true, begin.Add(1): true, begin.Add(end.Sub(begin) / 2): true, end.Add(-1): true, end: false,
			} {
				found, frozen := FrozenAt(freezes, zone, at)
				assert.Equal(t, expected, frozen, at)
				if expected {
					assert.Equal(t, freezes[0], found.Freeze)
					assert.Equal(t, end.In(zone).Format(time.RFC3339Nano), found.Until.Format(time.RFC3339Nano), at)
				}
			}
			next, at, found := NextFreeze(freezes, zone, begin.Add(-1), time.Hour)
			assert.True(t, found)
			assert.Equal(t, freezes[0], next)
			assert.Equal(t, begin.In(zone).Format(time.RFC3339Nano), at.Format(time.RFC3339Nano))
		})
	}
}

func TestFrozenAtJoins(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		freezes   [][2]string
		at, until string // "" for no known end
		first     int
	}{
		"touching":             {[][2]string{{"fri 16:00", "sat 00:00"}, {"sat 00:00", "mon 08:00"}}, "2026-07-03T17:00:00Z", "2026-07-06T08:00:00Z", 0},
		"touching, turned":     {[][2]string{{"sat 00:00", "mon 08:00"}, {"fri 16:00", "sat 00:00"}}, "2026-07-03T17:00:00Z", "2026-07-06T08:00:00Z", 1},
		"a minute between":     {[][2]string{{"fri 16:00", "sat 00:00"}, {"sat 00:01", "mon 08:00"}}, "2026-07-03T17:00:00Z", "2026-07-04T00:00:00Z", 0},
		"overlapping":          {[][2]string{{"fri 16:00", "mon 08:00"}, {"18:00", "09:00"}}, "2026-07-03T17:00:00Z", "2026-07-06T09:00:00Z", 0},
		"one inside another":   {[][2]string{{"sat 10:00", "sat 12:00"}, {"fri 16:00", "mon 08:00"}}, "2026-07-04T11:00:00Z", "2026-07-06T08:00:00Z", 0},
		"first of the file":    {[][2]string{{"sat 10:00", "sat 12:00"}, {"fri 16:00", "mon 08:00"}}, "2026-07-04T13:00:00Z", "2026-07-06T08:00:00Z", 1},
		"three kinds":          {[][2]string{{"2026-07-03 16:00", "2026-07-03 18:00"}, {"18:00", "06:00"}, {"sat 06:00", "sun 18:00"}}, "2026-07-03T17:00:00Z", "2026-07-06T06:00:00Z", 0},
		"a whole day":          {[][2]string{{"08:00", "08:00"}}, "2026-07-03T17:00:00Z", "", 0},
		"a whole week":         {[][2]string{{"mon 08:00", "mon 08:00"}}, "2026-07-03T17:00:00Z", "", 0},
		"two halves of a day":  {[][2]string{{"08:00", "20:00"}, {"20:00", "08:00"}}, "2026-07-03T17:00:00Z", "", 0},
		"once inside of all":   {[][2]string{{"2026-07-03 16:00", "2026-07-03 18:00"}, {"08:00", "08:00"}}, "2026-07-03T17:00:00Z", "", 0},
		"dates for years":      {[][2]string{{"2026-07-03 16:00", "2029-01-01 00:00"}, {"2029-01-01 00:00", "2031-01-01 00:00"}}, "2026-07-03T17:00:00Z", "2031-01-01T00:00:00Z", 0},
		"dates, then nights":   {[][2]string{{"2026-07-03 16:00", "2029-01-01 00:00"}, {"18:00", "08:00"}}, "2026-07-03T17:00:00Z", "2029-01-01T08:00:00Z", 0},
		"dates, then all time": {[][2]string{{"2026-07-03 16:00", "2029-01-01 00:00"}, {"08:00", "08:00"}}, "2026-07-03T17:00:00Z", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var freezes []Freeze
			for _, one := range test.freezes {
				freezes = append(freezes, freezeOf(t, one[0], one[1]))
			}
			found, frozen := FrozenAt(freezes, time.UTC, instantOf(t, test.at))
			require.True(t, frozen)
			assert.Equal(t, freezes[test.first], found.Freeze)
			if test.until == "" {
				assert.Zero(t, found.Until)
			} else {
				assert.Equal(t, test.until, found.Until.Format(time.RFC3339Nano))
			}
		})
	}
}

// A freeze with dates that fill the only gap joins what would end every day, for as long as it lasts.
func TestFrozenAtClosesGaps(t *testing.T) {
	t.Parallel()
	freezes := []Freeze{freezeOf(t, "18:00", "17:00"), freezeOf(t, "2026-07-03 16:30", "2026-07-03 18:30")}
	found, frozen := FrozenAt(freezes, time.UTC, instantOf(t, "2026-07-03T12:00:00Z"))
	assert.True(t, frozen)
	assert.Equal(t, "2026-07-04T17:00:00Z", found.Until.Format(time.RFC3339))
}

func TestNotFrozen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ zone, from, until, at string }{
		"the clock skips all of it":   {"Europe/Berlin", "02:10", "02:50", "2026-03-29T03:00:00+02:00"},
		"the calendar skips it":       {"Pacific/Apia", "fri 10:00", "fri 12:00", "2011-12-31T00:00:00+14:00"},
		"the day after is no friday":  {"Pacific/Apia", "fri 10:00", "fri 12:00", "2011-12-31T11:00:00+14:00"},
		"dates the wrong way around":  {"UTC", "2026-07-03 16:00", "2026-07-01 08:00", "2026-07-02T12:00:00Z"},
		"over since a moment":         {"UTC", "09:00", "10:00", "2026-07-03T10:00:00.000000001Z"},
		"the same clock, other zone":  {"Asia/Tokyo", "09:00", "10:00", "2026-07-03T09:30:00Z"},
		"the same day one year later": {"UTC", "2026-07-03 00:00", "2026-07-04 00:00", "2027-07-03T12:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, frozen := FrozenAt([]Freeze{freezeOf(t, test.from, test.until)}, zoneOf(t, test.zone), instantOf(t, test.at))
			assert.False(t, frozen)
			assert.Equal(t, Frozen{}, found)
		})
	}
	_, frozen := FrozenAt(nil, nil, instantOf(t, "2026-07-03T12:00:00Z"))
	assert.False(t, frozen)
}

func TestNextFreeze(t *testing.T) {
	t.Parallel()
	weekend, night, once := freezeOf(t, "fri 16:00", "mon 08:00"), freezeOf(t, "18:00", "08:00"), freezeOf(t, "2026-07-03 15:30", "2026-07-03 15:45")
	short := freezeOf(t, "sun 02:10", "sun 02:50")
	for name, test := range map[string]struct {
		freezes  []Freeze
		at       string
		within   time.Duration
		expected Freeze // without a name for none
		begin    string
	}{
		"an hour ahead":               {[]Freeze{weekend}, "2026-07-03T15:00:00+02:00", time.Hour, weekend, "2026-07-03T16:00:00+02:00"},
		"more than an hour":           {[]Freeze{weekend}, "2026-07-03T14:59:59.999999999+02:00", time.Hour, Freeze{}, ""},
		"a moment before":             {[]Freeze{weekend}, "2026-07-03T15:59:59.999999999+02:00", time.Hour, weekend, "2026-07-03T16:00:00+02:00"},
		"begins now":                  {[]Freeze{weekend}, "2026-07-03T16:00:00+02:00", time.Hour, Freeze{}, ""},
		"the first of several":        {[]Freeze{night, weekend, once}, "2026-07-03T15:29:00+02:00", 5 * time.Hour, once, "2026-07-03T15:30:00+02:00"},
		"two at once":                 {[]Freeze{{Name: "a", Kind: Daily, From: Moment{Hour: 16}}, weekend}, "2026-07-03T15:29:00+02:00", time.Hour, Freeze{Name: "a", Kind: Daily, From: Moment{Hour: 16}}, "2026-07-03T16:00:00+02:00"},
		"frozen already":              {[]Freeze{night, weekend}, "2026-07-03T15:30:00+02:00", time.Hour, weekend, "2026-07-03T16:00:00+02:00"},
		"frozen by another":           {[]Freeze{once, weekend}, "2026-07-03T15:40:00+02:00", time.Hour, Freeze{}, ""},
		"a week ahead":                {[]Freeze{weekend}, "2026-07-06T08:00:00+02:00", 7 * 24 * time.Hour, weekend, "2026-07-10T16:00:00+02:00"},
		"what the clock skips":        {[]Freeze{short}, "2026-03-29T01:30:00+01:00", time.Hour, Freeze{}, ""},
		"after what the clock skips":  {[]Freeze{short}, "2026-03-29T01:30:00+01:00", 8 * 24 * time.Hour, short, "2026-04-05T02:10:00+02:00"},
		"in the gap":                  {[]Freeze{freezeOf(t, "02:30", "08:00")}, "2026-03-29T01:45:00+01:00", time.Hour, freezeOf(t, "02:30", "08:00"), "2026-03-29T03:00:00+02:00"},
		"the first time in the fold":  {[]Freeze{freezeOf(t, "02:30", "08:00")}, "2026-10-25T02:00:00+02:00", time.Hour, freezeOf(t, "02:30", "08:00"), "2026-10-25T02:30:00+02:00"},
		"nothing in file":             {nil, "2026-07-03T15:00:00+02:00", time.Hour, Freeze{}, ""},
		"looks back":                  {[]Freeze{weekend}, "2026-07-03T15:00:00+02:00", -time.Hour, Freeze{}, ""},
		"begins after a freeze ended": {[]Freeze{once, weekend}, "2026-07-03T15:45:00+02:00", time.Hour, weekend, "2026-07-03T16:00:00+02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone := zoneOf(t, "Europe/Berlin")
			next, begin, found := NextFreeze(test.freezes, zone, instantOf(t, test.at), test.within)
			assert.Equal(t, test.begin != "", found)
			assert.Equal(t, test.expected, next)
			if found {
				assert.Equal(t, test.begin, begin.Format(time.RFC3339Nano))
			} else {
				assert.Zero(t, begin)
			}
		})
	}
}

// season is a zone in the days around a change of its clock, minute by minute.
type season struct {
	zone  *time.Location
	start time.Time
	walls []int64 // what the clock shows in each minute, in minutes

	freezes      []Freeze
	closed, must []bool // for each minute
}

func seasonOf(t testing.TB, zone, around string, days int) season {
	t.Helper()
	s := season{zone: zoneOf(t, zone), start: instantOf(t, around).Add(-time.Duration(days) * 12 * time.Hour)}
	for i := range days * 24 * 60 {
		at := s.start.Add(time.Duration(i) * time.Minute).In(s.zone)
		s.walls = append(s.walls, time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, time.UTC).Unix()/60)
	}
	return s
}

// shown returns the first and the last minute in which the clock shows a time, or of the first later one when none does.
func (s season) shown(wall int64) (first, last int) {
	first, last = -1, -1
	later := len(s.walls)
	for i, shows := range s.walls {
		switch {
		case shows == wall && first < 0:
			first, last = i, i
		case shows == wall:
			last = i
		case shows > wall:
			later = min(later, i)
		}
	}
	if first < 0 {
		return later, later
	}
	return first, last
}

// with fills in what is frozen in each minute, and what must be since the wall clock says it.
func (s season) with(freezes []Freeze) season {
	s.freezes, s.closed, s.must = freezes, make([]bool, len(s.walls)), make([]bool, len(s.walls))
	for _, one := range freezes {
		for _, walls := range occurrences(one, s.walls[0]-8*24*60, s.walls[len(s.walls)-1]+8*24*60) {
			first, _ := s.shown(walls[0])
			_, last := s.shown(walls[1])
			for i := first; i < last; i++ {
				s.closed[i] = true
			}
			for i, shows := range s.walls {
				s.must[i] = s.must[i] || shows >= walls[0] && shows < walls[1]
			}
		}
	}
	return s
}

// occurrences tries every quarter of an hour as a beginning.
func occurrences(f Freeze, from, until int64) [][2]int64 {
	var found [][2]int64
	is := func(at time.Time, m Moment) bool {
		return at.Hour() == m.Hour && at.Minute() == m.Minute && (f.Kind != Weekly || at.Weekday() == m.Weekday) &&
			(f.Kind != Once || at.Year() == m.Year && at.Month() == m.Month && at.Day() == m.Day)
	}
	begin := int64(math.MinInt64)
	for wall := from / quarter * quarter; wall < until; wall += quarter {
		at := time.Unix(wall*60, 0).UTC()
		if begin > math.MinInt64 && is(at, f.Until) {
			found, begin = append(found, [2]int64{begin, wall}), math.MinInt64
		}
		if is(at, f.From) {
			begin = wall
		}
	}
	return found
}

func seasons() [][2]string {
	return [][2]string{
		{"Europe/Berlin", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-10-25T01:00:00Z"},
		{"Europe/Berlin", "2052-12-31T12:00:00Z"},
		{"America/New_York", "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-11-01T06:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
		{"Australia/Lord_Howe", "2026-04-04T15:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04T03:00:00Z"},
		{"America/Sao_Paulo", "2018-02-18T02:00:00Z"},
		{"Europe/Dublin", "2026-03-29T01:00:00Z"},
		{"Europe/Dublin", "2045-10-29T01:00:00Z"},
		{"Asia/Tehran", "2022-03-21T20:30:00Z"},
		{"Asia/Tehran", "2022-09-21T19:30:00Z"},
		{"Africa/Casablanca", "2025-02-23T02:00:00Z"},
		{"Africa/Casablanca", "2025-04-06T02:00:00Z"},
		{"America/St_Johns", "2009-11-01T02:31:00Z"},
		{"America/St_Johns", "1988-10-30T02:31:00Z"},
		{"America/Havana", "2026-11-01T05:00:00Z"},
		{"Asia/Beirut", "2026-03-28T22:00:00Z"},
		{"Antarctica/Troll", "2026-03-29T01:00:00Z"},
		{"Antarctica/Casey", "2010-03-04T15:00:00Z"},
		{"America/Nuuk", "2026-03-29T01:00:00Z"},
		{"Pacific/Apia", "2011-12-30T10:00:00Z"},
		{"Pacific/Kwajalein", "1993-08-21T12:00:00Z"},
		{"Pacific/Kwajalein", "1969-09-30T13:00:00Z"},
	}
}

// quarter is what times of the freezes are multiples of, in minutes.
const quarter = 15

// anyFreeze returns a freeze with a good chance to touch another one, or a change of the clock.
func anyFreeze(random *rand.Rand, s season) Freeze {
	kind := []FreezeKind{Daily, Daily, Weekly, Once}[random.IntN(4)]
	some := func() Moment {
		at := time.Unix(s.walls[random.IntN(len(s.walls))]*60, 0).UTC()
		m := Moment{Hour: at.Hour(), Minute: at.Minute() / quarter * quarter, Weekday: at.Weekday()}
		if random.IntN(2) == 0 {
			m.Hour = []int{23, 0, 1, 2, 3}[random.IntN(5)]
		}
		switch kind {
		case Once:
			m.Year, m.Month, m.Day, m.Weekday = at.Year(), at.Month(), at.Day(), 0
		case Daily:
			m.Weekday = 0
		case Weekly:
		}
		return m
	}
	one := Freeze{Kind: kind, From: some(), Until: some()}
	if kind == Once && one.Until.date() <= one.From.date() {
		one.From, one.Until = one.Until, one.From
	}
	return one
}

func TestFrozenAtMatchesTheWallClock(t *testing.T) {
	t.Parallel()
	for _, names := range seasons() {
		t.Run(fmt.Sprint(names), func(t *testing.T) {
			t.Parallel()
			const days = 26
			s := seasonOf(t, names[0], names[1], days)
			random := rand.New(rand.NewPCG(1, uint64(len(s.zone.String()))))
			rounds := 12
			if testing.Short() {
				rounds = 2
			}
			for range rounds {
				var freezes []Freeze
				for i := range 1 + random.IntN(4) {
					freezes = append(freezes, anyFreeze(random, s))
					freezes[i].Line = i
				}
				s := s.with(freezes)
				for range 60 {
					checkMinute(t, s, len(s.closed)/3+random.IntN(len(s.closed)/3))
				}
				for i := 12*days*60 - 180; i < 12*days*60+180; i += 5 { // around the change
					checkMinute(t, s, i)
				}
				if t.Failed() {
					t.Fatalf("%+v", freezes)
				}
			}
		})
	}
}

func checkMinute(t *testing.T, s season, i int) {
	t.Helper()
	at := s.start.Add(time.Duration(i) * time.Minute)
	found, frozen := FrozenAt(s.freezes, s.zone, at)
	if frozen != s.closed[i] || s.must[i] && !frozen {
		t.Errorf("%s: frozen %t, by the clock %t, at least %t", at.In(s.zone), frozen, s.closed[i], s.must[i])
		return
	}
	if !frozen {
		checkNext(t, s, i)
		return
	}
	end := i
	for end < len(s.closed) && s.closed[end] {
		end++
	}
	if end < len(s.closed)*9/10 { // the freezes after the last day are not in closed
		if expected := s.start.Add(time.Duration(end) * time.Minute); !expected.Equal(found.Until) {
			t.Errorf("%s: ends %s, by the clock %s", at.In(s.zone), found.Until, expected.In(s.zone))
		}
	}
	if found.Until.IsZero() {
		return
	}
	_, before := FrozenAt(s.freezes, s.zone, found.Until.Add(-1))
	_, after := FrozenAt(s.freezes, s.zone, found.Until)
	if !before || after {
		t.Errorf("%s: frozen before the end %t, at the end %t", found.Until, before, after)
	}
}

func checkNext(t *testing.T, s season, i int) {
	t.Helper()
	const within = 60
	at := s.start.Add(time.Duration(i) * time.Minute)
	_, begin, found := NextFreeze(s.freezes, s.zone, at, within*time.Minute)
	for j := i; j <= i+within; j++ {
		if s.closed[j] {
			if expected := s.start.Add(time.Duration(j) * time.Minute); !found || !begin.Equal(expected) {
				t.Errorf("%s: next begins %s, by the clock %s", at.In(s.zone), begin, expected.In(s.zone))
			}
			return
		}
	}
	if found {
		t.Errorf("%s: next begins %s, by the clock none", at.In(s.zone), begin)
	}
}

func BenchmarkFrozenAt(b *testing.B) {
	var weekends, halves, quarters []Freeze
	for i := range 100 {
		weekends = append(weekends, freezeOf(b, fmt.Sprintf("fri 16:%02d", i%60), fmt.Sprintf("mon 08:%02d", i%60)))
		halves = append(halves, freezeOf(b, fmt.Sprintf("%02d:00", i%2*12), fmt.Sprintf("%02d:00", (i+1)%2*12)))
		quarters = append(quarters, freezeOf(b, fmt.Sprintf("%02d:%02d", i%96/4, i%4*15), fmt.Sprintf("%02d:%02d", (i+1)%96/4, (i+1)%4*15)))
	}
	for _, bench := range []struct {
		name    string
		freezes []Freeze
		at      string
	}{
		{"weekends, now", weekends, "2026-10-24T12:00:00Z"},
		{"weekends, not now", weekends, "2026-10-21T12:00:00Z"},
		{"no end, steps of 12 hours", halves, "2026-10-21T12:00:00Z"},
		{"no end, steps of 15 minutes", quarters, "2026-10-21T12:00:00Z"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			zone, at := zoneOf(b, "Europe/Berlin"), instantOf(b, bench.at)
			for b.Loop() {
				FrozenAt(bench.freezes, zone, at)
			}
		})
	}
}
