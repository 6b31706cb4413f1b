package policy

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// HealthCheck is an address that has to answer before a deployment counts as a success.
type HealthCheck struct {
	URL      string        `json:"url"`
	Status   []string      `json:"status,omitempty"`   // numbers, or classes such as 2xx; nil for 200
	Contains string        `json:"contains,omitempty"` // a text of the answer with placeholders, "" for any answer
	Attempts int           `json:"attempts,omitempty"` // 0 for the default
	Interval time.Duration `json:"interval,omitempty"` // between attempts, 0 for the default
}

// The limits of health checks.
const (
	HealthPatience = 5 * time.Second  // for each attempt
	LongestHealth  = 10 * time.Minute // for all attempts of a check
	mostHealth     = 10
	mostAttempts   = 60

	defaultAttempts = 3
	defaultInterval = 10 * time.Second
	defaultStatus   = "200"
)

// Tries returns how often the address is asked at most.
func (h HealthCheck) Tries() int { return cmp.Or(h.Attempts, defaultAttempts) }

// Pause returns how long to wait between two attempts.
func (h HealthCheck) Pause() time.Duration { return cmp.Or(h.Interval, defaultInterval) }

// Takes reports whether an answer with this status is good.
func (h HealthCheck) Takes(status int) bool {
	if len(h.Status) == 0 {
		return strconv.Itoa(status) == defaultStatus
	}
	class := fmt.Sprintf("%dxx", status/100)
	return slices.Contains(h.Status, strconv.Itoa(status)) || slices.Contains(h.Status, class)
}

// Address returns the URL without its query, which may be meant for the application only.
func (h HealthCheck) Address() string {
	address, _, _ := strings.Cut(h.URL, "?")
	address, _, _ = strings.Cut(address, "#")
	return address
}

// duration is how long the check takes when no attempt is answered.
func (h HealthCheck) duration() time.Duration {
	return time.Duration(h.Tries())*HealthPatience + time.Duration(h.Tries()-1)*h.Pause()
}

// String returns the check as people read it.
func (h HealthCheck) String() string {
	text := h.Address()
	if len(h.Status) > 0 {
		text += " answers " + strings.Join(h.Status, " or ")
	}
	if h.Contains != "" {
		text += " with " + strconv.Quote(h.Contains)
	}
	if h.Attempts > 0 {
		text += fmt.Sprintf(", %d attempts", h.Attempts)
	}
	if h.Interval > 0 {
		text += ", every " + lengthText(h.Interval)
	}
	return text
}

func listOfHealth(all []HealthCheck) string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = one.String()
	}
	return textOrFalse(strings.Join(names, ", "))
}

// Insecure returns what is wrong with a check where only https and addresses of the Internet are allowed, "" for nothing.
func (h HealthCheck) Insecure() string {
	at, err := url.Parse(h.URL)
	if err != nil {
		return "is not a URL"
	}
	host := strings.ToLower(strings.TrimSuffix(at.Hostname(), "."))
	literal, err := netip.ParseAddr(host)
	switch {
	case at.Scheme != "https":
		return "does not begin with https://"
	case host == "localhost", strings.HasSuffix(host, ".localhost"), err == nil && IsInternal(literal):
		return "is an address inside of a network"
	}
	return ""
}

// IsInternal reports whether an address is one of this machine, of a private network or of a link, or not one of a host.
func IsInternal(address netip.Addr) bool {
	address = address.WithZone("").Unmap()
	if !address.IsValid() || !address.IsGlobalUnicast() || address.IsPrivate() {
		return true
	}
	return slices.ContainsFunc(internalNetworks, func(network netip.Prefix) bool { return network.Contains(address) })
}

// internalNetworks are reserved, or lead to addresses of IPv4 that may be.
//
//nolint:gochecknoglobals // a table
var internalNetworks = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),        // this network
	netip.MustParsePrefix("100.64.0.0/10"),    // of carriers, and of some clouds
	netip.MustParsePrefix("192.0.0.0/24"),     // protocols
	netip.MustParsePrefix("168.63.129.16/32"), // the platform of a cloud
	netip.MustParsePrefix("198.18.0.0/15"),    // measurements
	netip.MustParsePrefix("240.0.0.0/4"),      // reserved
	netip.MustParsePrefix("::/96"),            // IPv4 inside of IPv6
	netip.MustParsePrefix("::ffff:0:0:0/96"),  // the same, as translators write it
	netip.MustParsePrefix("64:ff9b::/96"),     // the same, by translation
	netip.MustParsePrefix("64:ff9b:1::/48"),   // the same, in private networks
	netip.MustParsePrefix("2001::/32"),        // the same, by Teredo
	netip.MustParsePrefix("2002::/16"),        // the same, by 6to4
	netip.MustParsePrefix("fec0::/10"),        // private, as it was once
}

// ReadHealthChecks reads a list of health checks that is not part of a rules file, in the same form; false means an empty list. The error is of
// type [Errors].
func ReadHealthChecks(text string) ([]HealthCheck, error) {
	root, problem := parse(text)
	if problem != nil {
		if strings.HasPrefix(problem.Text, "the file is empty") {
			problem.Text = "there is nothing in it; write " + healthExample
		}
		problem.Text = strings.Replace(problem.Text, "the file", "the text", 1)
		return nil, Errors{problem}
	}
	r := &reader{}
	all, _ := orFalse(healthChecks(), nil).read(r, r.value(root, value{line: 1, column: 1}))
	if len(r.errs) > 0 {
		return nil, r.errs.sorted()
	}
	return all, nil
}

const healthExample = "[{url: https://app.example.com/health}]"

func healthChecks() kind[[]HealthCheck] {
	list := listOf(mapOf(healthKeys(), checkHealth), healthExample, HealthCheck.identity)
	list.text = "list of `{url, status, contains, attempts, interval}`"
	list.schema["maxItems"] = mostHealth
	read := list.read
	list.read = func(r *reader, v value) ([]HealthCheck, bool) {
		if v.node.Kind == yaml.MappingNode {
			r.fail(v, "a map is not a list; write - before url, or %s", healthExample)
			return nil, false
		}
		if count := len(v.node.Content); v.node.Kind == yaml.SequenceNode && count > mostHealth {
			r.fail(v, "there are %d health checks; at most %d are read", count, mostHealth)
			return nil, false
		}
		return read(r, v)
	}
	return list
}

// identity tells checks apart: one address may be asked for several texts.
func (h HealthCheck) identity() string { return strings.TrimSpace(h.URL + " " + h.Contains) }

func healthKeys() []member[HealthCheck] {
	return []member[HealthCheck]{
		newMember(Key{Name: "url", Example: `https://app.example.com/health`, Required: true, Meaning: "What is asked, by GET, without redirects. `http://` and private addresses need the input `allow_insecure_http`"},
			healthURL(), func(h *HealthCheck) *string { return &h.URL }),
		newMember(Key{Name: "status", Example: `2xx`, Default: "`200`", Meaning: "Which answers are good"},
			statuses(), func(h *HealthCheck) *[]string { return &h.Status }),
		newMember(Key{Name: "contains", Example: `"{short_sha}"`, Default: "any answer", Meaning: "Text in the first 64 KiB of the answer, with `{sha}`, `{short_sha}` or `{version}`"},
			healthText(), func(h *HealthCheck) *string { return &h.Contains }),
		newMember(Key{Name: "attempts", Example: `5`, Default: "`3`", Meaning: "Attempts of five seconds each"},
			number(1, mostAttempts), func(h *HealthCheck) *int { return &h.Attempts }),
		newMember(Key{Name: "interval", Example: `10s`, Default: "`10s`", Meaning: "Time between attempts; ten minutes in all"},
			length(), func(h *HealthCheck) *time.Duration { return &h.Interval }),
	}
}

func checkHealth(r *reader, v value, read *HealthCheck, _ map[string]value) {
	if took := read.duration(); took > LongestHealth {
		r.fail(v, "%d attempts of 5s each with %s in between can take %s; at most 10m are allowed: lower attempts or interval",
			read.Tries(), lengthText(read.Pause()), lengthText(took))
	}
}

// healthURL is the address of an application.
func healthURL() kind[string] {
	const example = "https://app.example.com/health"
	return kind[string]{
		text: "URL", schema: schema{"type": "string", "format": "uri", "pattern": `^https?://[^/@\s?#][^\s]*$`, "maxLength": longestText},
		read: func(r *reader, v value) (string, bool) {
			text, ok := r.text(v, "a URL", example)
			if !ok {
				return "", false
			}
			if problem := healthURLProblem(text); problem != "" {
				r.fail(v, "%s %s", shownURL(text), problem)
				return "", false
			}
			return text, true
		},
	}
}

// shownURL quotes an address in an error, without what may be a secret.
func shownURL(text string) string {
	before, _, hasQuery := strings.Cut(text, "?")
	switch {
	case strings.Contains(before, "@"):
		return "the URL"
	case hasQuery:
		return quote(before + "?…")
	}
	return quote(text)
}

// healthURLProblem returns what is wrong with an address, "" for nothing.
func healthURLProblem(text string) string {
	at, err := url.Parse(text)
	switch {
	case strings.ContainsAny(text, "{}"):
		return "has a placeholder; addresses are taken literally, only contains has placeholders"
	case err != nil || strings.ContainsAny(text, " \t\r\n\\") || !isPrintable(text):
		return "is not a URL; write for example https://app.example.com/health"
	case !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://"):
		return "is not an https URL; begin it with https://"
	case at.User != nil:
		return "has a user or a password, which everyone can read; remove it"
	case at.Hostname() == "" || !isHost(at.Hostname()):
		return "does not name a host; write for example https://app.example.com/health"
	case !isPort(at.Port()):
		return "has a port that there is not; write one from 1 to 65535"
	case at.Fragment != "":
		return "has a part after #, which is not sent; remove it"
	case len(text) > longestText:
		return fmt.Sprintf("has more than %d characters; write a shorter one", longestText)
	}
	return ""
}

var hostName = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?\.?$`)

// isHost reports whether a host is a name or an address in its usual form: 127.1 and 0x7f000001 are neither.
func isHost(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Zone() == ""
	}
	return hostName.MatchString(host)
}

func isPort(port string) bool {
	const most = 65535
	number, err := strconv.Atoi(port)
	return port == "" || err == nil && number > 0 && number <= most
}

var statusClass = regexp.MustCompile(`^[2-5]xx$`)

// status is a number that a server can answer with, or a class of them.
func status() kind[string] {
	const least, most, what, example = 200, 599, "a status", "200 or 2xx"
	return kind[string]{
		text:   "number or class",
		schema: either(schema{"type": "integer", "minimum": least, "maximum": most}, schema{"type": "string", "pattern": statusClass.String()}),
		read: func(r *reader, v value) (string, bool) {
			if !r.isKind(v, yaml.ScalarNode, what, example) {
				return "", false
			}
			text := v.node.Value
			number, err := strconv.Atoi(text)
			switch {
			case v.tag() == "!!str" && statusClass.MatchString(text):
				return text, true
			case v.tag() == "!!str" && statusClass.MatchString(strings.ToLower(text)):
				r.fail(v, "%s is not a class; write %s", v.shown(), strings.ToLower(text))
			case err != nil || strconv.Itoa(number) != text:
				r.wrong(v, what, example)
			case v.tag() != "!!int":
				r.fail(v, "%s is a text in quotes; write %d", v.shown(), number)
			case number < least || number > most:
				r.fail(v, "%d is not a status from %d to %d; write %s", number, least, most, example)
			default:
				return text, true
			}
			return "", false
		},
	}
}

// statuses are one status or a list.
func statuses() kind[[]string] {
	one, list := status(), listOf(status(), "[200, 204]", same)
	return kind[[]string]{
		text: "number, class such as `2xx`, or list of them", schema: either(one.schema, list.schema),
		read: func(r *reader, v value) ([]string, bool) {
			if v.node.Kind == yaml.SequenceNode {
				return list.read(r, v)
			}
			read, ok := one.read(r, v)
			return []string{read}, ok
		},
	}
}

// The placeholders of contains.
const (
	SHAPlaceholder      = "{sha}"
	ShortSHAPlaceholder = "{short_sha}"
	VersionPlaceholder  = "{version}"
)

var placeholder = regexp.MustCompile(`\{[A-Za-z_]+\}`)

// healthText is a text with placeholders.
func healthText() kind[string] {
	text := words("a text", `"{short_sha}"`)
	read := text.read
	known := []string{SHAPlaceholder, ShortSHAPlaceholder, VersionPlaceholder}
	text.read = func(r *reader, v value) (string, bool) {
		if v.node.Kind == yaml.MappingNode {
			r.fail(v, `a map is not a text; write "{short_sha}" in quotes`)
			return "", false
		}
		given, ok := read(r, v)
		if !ok {
			return "", false
		}
		for _, one := range placeholder.FindAllString(given, -1) {
			if !slices.Contains(known, one) {
				r.fail(v, "there is no placeholder %s; there are %s", cut(one), strings.Join(known, ", "))
				return "", false
			}
		}
		return given, true
	}
	return text
}
