package policy

import (
	"regexp"
	"strings"
	"time"
	"unicode"
)

const zonePattern = `^(UTC|Etc/UTC|(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Europe|Indian|Mexico|Pacific|US)(/[A-Z][A-Za-z0-9_+-]*){1,2})$`

var (
	zoneName = regexp.MustCompile(zonePattern)
	shifted  = regexp.MustCompile(`^Etc/GMT[+-]?[0-9]{1,2}$`)
	offset   = regexp.MustCompile(`(?i)^(?:UTC|GMT)?[+-][0-9]{1,2}(:?[0-9]{2})?$`)
)

// zone is a time zone. The zones themselves come from the program or its machine.
func zone() kind[*time.Location] {
	const what = "a time zone"
	return kind[*time.Location]{
		text: "IANA name or `UTC`", schema: schema{"type": "string", "pattern": zonePattern},
		read: func(r *reader, v value) (*time.Location, bool) {
			text, ok := r.text(v, what, "UTC or a name such as Europe/Berlin")
			if !ok {
				return nil, false
			}
			if zoneName.MatchString(text) {
				if read, err := time.LoadLocation(text); err == nil {
					return read, true
				}
			}
			r.fail(v, "%s is not %s; write %s", quote(text), what, zoneAdvice(text))
			return nil, false
		},
	}
}

// abbreviations are of zones that most people mean by them.
func abbreviations() map[string]string {
	return map[string]string{
		"EST": "America/New_York", "EDT": "America/New_York", "ET": "America/New_York", "EST5EDT": "America/New_York",
		"CST": "America/Chicago", "CDT": "America/Chicago", "CT": "America/Chicago", "CST6CDT": "America/Chicago",
		"MST": "America/Denver", "MDT": "America/Denver", "MT": "America/Denver", "MST7MDT": "America/Denver",
		"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "PT": "America/Los_Angeles", "PST8PDT": "America/Los_Angeles",
		"HST": "Pacific/Honolulu", "BST": "Europe/London", "GB": "Europe/London", "WET": "Europe/Lisbon", "CET": "Europe/Berlin",
		"CEST": "Europe/Berlin", "MET": "Europe/Berlin", "MEZ": "Europe/Berlin", "EET": "Europe/Helsinki", "MSK": "Europe/Moscow",
		"IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "JAPAN": "Asia/Tokyo", "KST": "Asia/Seoul", "PRC": "Asia/Shanghai", "SGT": "Asia/Singapore",
		"AEST": "Australia/Sydney", "NZST": "Pacific/Auckland", "NZ": "Pacific/Auckland",
		"GMT": "UTC", "UCT": "UTC", "Z": "UTC", "ZULU": "UTC", "UNIVERSAL": "UTC", "GREENWICH": "UTC", "UTC": "UTC", "": "UTC",
	}
}

func zoneAdvice(text string) string {
	if known, found := abbreviations()[strings.ToUpper(text)]; found {
		return known
	}
	if shifted.MatchString(text) {
		return "the name of a place, such as Europe/Berlin: the signs of these zones are the other way round"
	}
	if offset.MatchString(text) {
		return "the name of a place, such as Europe/Berlin, which knows the summer time there"
	}
	if found := findPlace(text); found != "" {
		return found
	}
	return "UTC or a name such as Europe/Berlin"
}

// findPlace returns the zone of a city that is written without its region, or in another case.
func findPlace(text string) string {
	const longest = 40
	if len(text) > longest {
		return ""
	}
	name := capitalized(text)
	for _, region := range []string{"", "Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/", "Indian/"} {
		if _, err := time.LoadLocation(region + name); err == nil && zoneName.MatchString(region+name) {
			return region + name
		}
	}
	return ""
}

// capitalized writes new york and europe/berlin as zones are written.
func capitalized(text string) string {
	begins := true
	return strings.Map(func(char rune) rune {
		before := begins
		if begins = !unicode.IsLetter(char); begins {
			if char == ' ' {
				return '_'
			}
			return char
		}
		if before {
			return unicode.ToUpper(char)
		}
		return unicode.ToLower(char)
	}, text)
}
