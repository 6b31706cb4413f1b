package policy

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const noDate = "is not a date of the calendar; write one that exists"

const momentExamples = `fri 16:00, "18:00" or 2026-12-23 18:00`

const clock = `([01][0-9]|2[0-3]):([0-5][0-9])`

var (
	weekly     = regexp.MustCompile(`^(` + weekdayPattern() + `) ` + clock + `$`)
	daily      = regexp.MustCompile(`^` + clock + `$`)
	once       = regexp.MustCompile(`^([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]) ` + clock + `$`)
	isoTime    = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?$`)
	looseDate  = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2} ` + clock + `$`)
	foreignDay = regexp.MustCompile(`^\p{L}+\.? `)
	looseClock = regexp.MustCompile(`(^|[a-z0-9] )([0-9]{1,2}):[0-9]{2}$`)
)

// weekdayPattern matches each day of the week, whole or its first three letters, in any case.
func weekdayPattern() string {
	var days []string
	for day := time.Sunday; day <= time.Saturday; day++ {
		name := day.String()
		days = append(days, anyCase(name[:3])+"("+anyCase(name[3:])+")?")
	}
	return strings.Join(days, "|")
}

func anyCase(letters string) string {
	var pattern strings.Builder
	for _, letter := range letters {
		pattern.WriteString("[" + strings.ToUpper(string(letter)) + strings.ToLower(string(letter)) + "]")
	}
	return pattern.String()
}

// timed is a moment, and the kind of the freezes that have such moments.
type timed struct {
	Moment
	kind FreezeKind
	text string
}

// moment is a beginning or an end of a freeze.
func moment() kind[timed] {
	patterns := schema{"type": "string", "anyOf": []schema{
		{"pattern": weekly.String()}, {"pattern": daily.String()}, {"pattern": once.String()},
	}}
	return kind[timed]{
		text: "`fri 16:00`, `\"18:00\"` or `2026-12-23 18:00`", schema: patterns,
		read: func(r *reader, v value) (timed, bool) {
			text, ok := r.text(v, "a time", momentExamples)
			if !ok {
				return timed{}, false
			}
			read, problem := parseMoment(text)
			if problem != "" {
				r.fail(v, "%s %s", quote(text), problem)
			}
			return read, problem == ""
		},
	}
}

func parseMoment(text string) (timed, string) {
	if parts := weekly.FindStringSubmatch(text); parts != nil {
		read := timed{kind: Weekly, text: text, Moment: at(parts)}
		read.Weekday = weekday(text[:3])
		return read, ""
	}
	if parts := daily.FindStringSubmatch(text); parts != nil {
		return timed{kind: Daily, text: text, Moment: at(parts)}, ""
	}
	if parts := once.FindStringSubmatch(text); parts != nil {
		date, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)])
		if err != nil || date.Year() == 0 {
			return timed{}, noDate
		}
		read := timed{kind: Once, text: text, Moment: at(parts)}
		read.Year, read.Month, read.Day = date.Date()
		return read, ""
	}
	return timed{}, momentProblem(text)
}

// at returns the clock, which is the end of what was found.
func at(parts []string) Moment {
	hour, _ := strconv.Atoi(parts[len(parts)-2])
	minute, _ := strconv.Atoi(parts[len(parts)-1])
	return Moment{Hour: hour, Minute: minute}
}

func weekday(short string) time.Weekday {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String()[:3], short) {
			return day
		}
	}
	return -1
}

func momentProblem(text string) string {
	loose := looseClock.FindStringSubmatch(strings.ToLower(text))
	switch {
	case weekly.MatchString(text + " 00:00"):
		return "has no time of the day; write " + text + " 00:00"
	case loose != nil && len(loose[2]) == 1:
		return "has an hour of one digit; write " + text[:len(text)-len("0:00")] + "0" + text[len(text)-len("0:00"):]
	case loose != nil && loose[2] == "24":
		return "is not a time of the day; write 00:00, of the next day"
	case looseDate.MatchString(text):
		return noDate
	case loose != nil && !daily.MatchString(text[max(len(text)-len("00:00"), 0):]):
		return "is not a time of the day; write 00:00 to 23:59"
	case isoTime.MatchString(text):
		return "is not of this form; write 2026-12-23 18:00, without T, seconds and offset: the zone is that of time_zone"
	}
	if _, rest, _ := strings.Cut(text, " "); foreignDay.MatchString(text) && daily.MatchString(rest) {
		return "does not begin with a day in English; write mon, tue, wed, thu, fri, sat or sun, such as fri " + rest
	}
	return "is not a time; write " + momentExamples
}

// compare says which of two moments of one kind comes first in the calendar.
func (m Moment) compare(other Moment) int {
	return cmp.Or(m.Year-other.Year, int(m.Month-other.Month), m.Day-other.Day, int(m.Weekday-other.Weekday),
		m.Hour-other.Hour, m.Minute-other.Minute)
}
