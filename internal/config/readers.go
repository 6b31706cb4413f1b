package config

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/period"
)

// reader reads a value into Config; its error says what is accepted.
type reader func(*Config, string) error

func into[T any](field func(*Config) *T, parse func(string) (T, error)) reader {
	return func(c *Config, value string) error {
		parsed, err := parse(value)
		*field(c) = parsed
		return err
	}
}

func text(field func(*Config) *string) reader {
	return into(field, func(value string) (string, error) { return value, nil })
}

func requiredText(field func(*Config) *string) reader {
	return into(field, func(value string) (string, error) {
		if value == "" {
			return "", errors.New("must not be empty")
		}
		return value, nil
	})
}

func entries(field func(*Config) *[]string) reader {
	return into(field, func(value string) ([]string, error) { return List(value), nil })
}

func environments(field func(*Config) *[]string) reader {
	return into(field, func(value string) ([]string, error) {
		names := List(value)
		return names, notRepeated(names)
	})
}

// notRepeated compares names in any spelling.
func notRepeated(names []string) error {
	first, second, found := envname.Repeated(names)
	switch {
	case !found:
		return nil
	case first == second:
		return fmt.Errorf("%s is in the list twice", shown(first))
	}
	return fmt.Errorf("%s and %s are the same environment: GitHub ignores case in names of environments", shown(first), shown(second))
}

func boolean(field func(*Config) *bool) reader { return into(field, parseBool) }

func parseBool(value string) (bool, error) {
	switch value {
	case "true", "True", "TRUE":
		return true, nil
	case "false", "False", "FALSE":
		return false, nil
	}
	return false, errors.New("must be true or false")
}

func choice[T ~string](field func(*Config) *T, words ...T) reader {
	return into(field, OneOf(words...))
}

// OneOf returns a function that reads one word of a fixed set.
func OneOf[T ~string](words ...T) func(string) (T, error) {
	return func(value string) (T, error) {
		if !slices.Contains(words, T(value)) {
			return "", mustBe(words...)
		}
		return T(value), nil
	}
}

func mustBe[T ~string](words ...T) error {
	names := make([]string, len(words))
	for i, word := range words {
		names[i] = cmp.Or(string(word), "empty")
	}
	last := len(names) - 1
	return fmt.Errorf("must be %s or %s", strings.Join(names[:last], ", "), names[last])
}

func readEnvironmentURLs(c *Config, value string) error {
	c.EnvironmentURLs = map[string]string{}
	if value == "null" || value == "undefined" {
		return nil
	}
	var names []string
	for _, entry := range List(value) {
		environment, rest, found := strings.Cut(entry, "|")
		address, _, _ := strings.Cut(rest, "|")
		environment, address = trim(environment), trim(address)
		switch {
		case !found, environment == "":
			return fmt.Errorf("%s is not an environment|URL pair", shown(entry))
		case address == "disabled":
			address = ""
		case !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://"):
			return fmt.Errorf("the URL of %s must start with https:// or http://, or be the word disabled", shown(environment))
		case strings.ContainsFunc(address, unicode.IsControl):
			return fmt.Errorf("the URL of %s contains a control character", shown(environment))
		case hasUser(address):
			return fmt.Errorf("the URL of %s must not contain a user or a password: everyone can read it", shown(environment))
		}
		c.EnvironmentURLs[environment] = address
		names = append(names, environment)
	}
	return notRepeated(names)
}

// hasUser reports whether an address names a user. One that cannot be parsed is searched for the sign of it.
func hasUser(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil {
		return strings.Contains(address, "@")
	}
	return parsed.User != nil
}

// readStatus is optional: a workflow can pass the outcome of a step that runs after this one, and main reads its
// inputs before that.
func readStatus(c *Config, value string) error {
	status, known := ParseStatus(value)
	if !known {
		return fmt.Errorf("must be one of %s", statusWords())
	}
	c.Status = status
	c.rolledBack = strings.EqualFold(trim(value), RolledBack)
	return nil
}

// readJobStatus leaves an unknown word out: the runner fills the input in.
func readJobStatus(c *Config, value string) error {
	c.Track.JobStatus, _ = ParseStatus(value)
	return nil
}

func readFailOnError(c *Config, value string) error {
	switch strings.ToLower(value) {
	case "true", "yes", "on", "1":
		c.Versioner.FailOnError = FailStart
	case "false", "no", "off", "0":
		c.Versioner.FailOnError = FailNever
	case "always":
		c.Versioner.FailOnError = FailAlways
	default:
		return fmt.Errorf("must be true, false or always")
	}
	return nil
}

func readDeploymentID(c *Config, value string) error {
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil || id <= 0 {
		return fmt.Errorf("must be the ID of a GitHub deployment")
	}
	c.Track.DeploymentID = id
	return nil
}

func trim(value string) string { return js.Trim(value) }

func optional(read reader) reader { return unless("", read) }

func unless(word string, read reader) reader {
	return func(c *Config, value string) error {
		if value == word {
			return nil
		}
		return read(c, value)
	}
}

// readChecks takes a list without a name for all.
func readChecks(c *Config, value string) error {
	c.Checks.Mode = CheckMode(value)
	if c.Checks.Mode == AllChecks || c.Checks.Mode == RequiredChecks {
		return nil
	}
	c.Checks.Mode, c.Checks.Names = ListedChecks, List(value)
	if len(c.Checks.Names) == 0 {
		c.Checks.Mode = AllChecks
	}
	return nil
}

// readAdmins reads logins and teams. The word false, and entries that can be neither, are left out.
func readAdmins(c *Config, value string) error {
	for _, entry := range List(strings.ToLower(value)) {
		entry = strings.TrimPrefix(entry, "@")
		organization, team, isTeam := strings.Cut(entry, "/")
		switch {
		case entry == "false":
		case isTeam && isLogin(organization) && team != "" && !strings.Contains(team, "/"):
			c.Admins.Teams = append(c.Admins.Teams, entry)
		case isLogin(entry):
			c.Admins.Logins = append(c.Admins.Logins, entry)
		}
	}
	return nil
}

// isLogin also accepts logins of enterprise-managed users: name_short.
func isLogin(text string) bool {
	const longest = 60
	return len(text) <= longest && login.MatchString(text)
}

var login = regexp.MustCompile(`^[a-z\d]+(-[a-z\d]+)*(_[a-z\d]+)?$`)

func readCommentActions(c *Config, value string) error {
	c.Origin.CommentActions = List(value)
	known := []string{"created", "edited"}
	unknown := func(action string) bool { return !slices.Contains(known, action) }
	if len(c.Origin.CommentActions) == 0 || slices.ContainsFunc(c.Origin.CommentActions, unknown) {
		return errors.New("must be created, edited, or both separated by a comma")
	}
	return nil
}

// JavaScript has every number that fits a time.Duration exactly, too.
func readConfirmationTimeout(c *Config, value string) error {
	const longest = int64(math.MaxInt64 / time.Second)
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil || seconds <= 0 || seconds > longest || strings.ContainsAny(value[:1], "+0") {
		return fmt.Errorf("must be a number of seconds from 1 to %d", longest)
	}
	c.Confirmation.Timeout = time.Duration(seconds) * time.Second
	return nil
}

func length(field func(*Config) *time.Duration) reader {
	return func(c *Config, value string) error {
		read, err := period.Parse(value)
		if err != nil {
			const days = period.Longest / (24 * time.Hour)
			return fmt.Errorf("must be a length of time such as 30m, 2h, 1d12h or 1w, of at most %d days", days)
		}
		*field(c) = read
		return nil
	}
}

// readTemplatePath takes null and undefined for empty: workflows evaluate to these words.
func readTemplatePath(c *Config, value string) error {
	if value == "" || value == "null" || value == "undefined" {
		return nil
	}
	astray := func(segment string) bool { return segment == "" || segment == "." || segment == ".." }
	if strings.Contains(value, `\`) || slices.ContainsFunc(strings.Split(value, "/"), astray) {
		return errors.New(`must be a path from the root of the repository, without \, //, . or .. in it and without / at either end`)
	}
	c.Messages.TemplatePath = value
	return nil
}

func readMergeMode(mode Mode) reader {
	return func(c *Config, value string) error {
		on, err := parseBool(value)
		if on {
			c.mergeMode = mode
		}
		return err
	}
}

func parseAddress(value string) (*url.URL, error) {
	address, err := url.Parse(value)
	if err != nil || address.Hostname() == "" || (address.Scheme != "https" && address.Scheme != "http") {
		return nil, errors.New("must start with https:// or http:// and name a host")
	}
	return address, nil
}

func baseAddress(field func(*Config) *string) reader { return into(field, ReadBase) }

// ReadBase reads an address to which paths are added.
func ReadBase(value string) (string, error) {
	address, err := parseAddress(value)
	if err != nil {
		return "", err
	}
	if address.RawQuery != "" || address.Fragment != "" || address.User != nil {
		return "", errors.New("must not contain a query, a fragment or a password")
	}
	return strings.TrimSuffix(value, "/"), nil
}

// ReadAddress reads an address, in the spelling in which errors of the network repeat it: there it is masked, too.
func ReadAddress(value string) (string, error) {
	address, err := parseAddress(value)
	if err != nil {
		return "", err
	}
	if address.Fragment != "" {
		return "", errors.New("must not contain a fragment")
	}
	return address.String(), nil
}

func unencrypted(value string) bool {
	address, err := parseAddress(value)
	return err == nil && address.Scheme == "http" && !IsLoopback(address.Hostname())
}

// IsLoopback reports whether the host is this machine.
func IsLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || (err == nil && address.IsLoopback())
}
