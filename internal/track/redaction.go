package track

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const hidden = "***" // instead of a secret

// redacting makes what takes secrets out of a text, also as JSON may spell them. Short ones stay: any text can
// contain them.
func redacting(secrets ...string) *strings.Replacer {
	const shortest = 6
	secrets = slices.DeleteFunc(slices.Clone(secrets), func(secret string) bool { return len(secret) < shortest })
	// One secret can begin another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, secret := range secrets {
		pairs = append(pairs, secret, hidden, strings.ReplaceAll(secret, "/", `\/`), hidden)
	}
	return strings.NewReplacer(pairs...)
}

// Redaction removes the secrets of the inputs from events.
type Redaction struct{ secrets *strings.Replacer }

// NewRedaction returns the redaction of these secrets.
func NewRedaction(secrets ...string) Redaction { return Redaction{redacting(secrets...)} }

// Event returns the event without the secrets, the users of addresses and JSON web tokens, in whatever text they are.
// Its id stays.
func (r Redaction) Event(e Event) (Event, error) {
	var clean Event
	text, err := json.Marshal(e)
	if err == nil {
		text, err = r.json(text)
	}
	if err == nil {
		err = json.Unmarshal(text, &clean)
	}
	if err != nil {
		return Event{}, fmt.Errorf("remove secrets from event %s: %w", e.ID, err)
	}
	return clean, nil
}

func (r Redaction) json(text []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return json.Marshal(r.value(value))
}

func (r Redaction) value(value any) any {
	switch value := value.(type) {
	case map[string]any:
		clean := map[string]any{}
		for key, one := range value {
			clean[r.text(key)] = r.value(one)
		}
		return clean
	case []any:
		for i, one := range value {
			value[i] = r.value(one)
		}
	case string:
		return r.text(value)
	}
	return value
}

func (r Redaction) text(text string) string {
	text = userInfo.ReplaceAllString(r.secrets.Replace(text), "${1}${2}"+hidden+"@")
	return webToken.ReplaceAllString(text, "${1}"+hidden)
}

// Each may follow an underscore, which is no end of a word to a regular expression.
var (
	userInfo = regexp.MustCompile(`(?i)(\b|_)([a-z][a-z\d+.-]*://)[^/\s?#"<>]*@`)
	webToken = regexp.MustCompile(`(\b|_)eyJ[\w-]{8,}\.[\w-]{2,}(?:\.[\w-]*){1,3}`)
)

// secretName matches pass at the end of a word only, and short names as whole words: tests_passed and author are no
// secrets.
var secretName = regexp.MustCompile(`(?i)pass(word|wd|phrase|code|key|[^a-z]|$)|secret|token|a(pi|ccess)[_-]?key|authorization|cookie|credential|` +
	`private[_-]?key|connection[_-]?string|(^|[^a-z])(pwd|auth|bearer|jwt|dsn)([^a-z]|$)`)

// secretForm matches the keys of widespread services, PEM blocks, and parameters of addresses that are named like secrets.
var secretForm = regexp.MustCompile(`(\b|_)(?:gh[pousr]_[A-Za-z0-9]{8,}|github_pat_\w{8,}|xox[abprs]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}|` +
	`(?:sk|pat|whsec|dckr_pat)_[\w=+/-]{8,}|sk-[\w-]{16,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{16,}|pypi-[\w-]{16,}|hvs\.[\w-]{16,}|` +
	`AIza[\w-]{30,}|A(?:KIA|SIA)[A-Z0-9]{12,}|https://hooks\.slack\.com/\S+)|` +
	`-----BEGIN [^-]+-----(?s:.*?)(?:-----END [^-]+-----|\z)`)

var secretParameter = regexp.MustCompile(`(?i)([?&])(?:[\w.-]*[_.-])?(?:token|secret|password|passwd|pwd|signature|sig|api_?key|access_?key)=[^&\s#"]+`)

// wordBreak is where a name in camel case has a new word.
var wordBreak = regexp.MustCompile(`([a-z\d])([A-Z])`)

func namesSecret(key string) bool {
	return secretName.MatchString(key) || secretName.MatchString(wordBreak.ReplaceAllString(key, "${1}_${2}"))
}

// redaction removes from metadata also what looks like a secret.
type redaction struct {
	secrets *strings.Replacer
	dropped []string
}

func (r *redaction) object(path string, values map[string]any) map[string]any {
	clean := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		name := r.text(key)
		if name != key || namesSecret(key) {
			r.dropped = append(r.dropped, path+name)
			continue
		}
		clean[key] = r.value(path+key, values[key])
	}
	return clean
}

func (r *redaction) value(path string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		return r.object(path+".", value)
	case []any:
		clean := make([]any, len(value))
		for i, element := range value {
			clean[i] = r.value(path+"."+strconv.Itoa(i), element)
		}
		return clean
	case string:
		return r.text(value)
	case json.Number:
		if r.text(value.String()) != value.String() {
			return hidden
		}
	}
	return value
}

func (r *redaction) text(text string) string {
	text = secretForm.ReplaceAllString(Redaction{r.secrets}.text(text), "${1}"+hidden)
	return secretParameter.ReplaceAllString(text, "${1}"+hidden)
}
