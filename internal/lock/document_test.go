package lock_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/lock"
)

const claimID = "sha256:4be9269547aac9128baf1133938d776d68dacb7a7d7f5083fbcd00fee23d32ca"

func createdAt() time.Time {
	return time.Date(2026, time.January, 31, 8, 9, 10, 123_000_000, time.UTC)
}

// deploymentLock is a lock that a deployment takes.
func deploymentLock() lock.Document {
	return lock.Document{
		Target: lock.Target{Environment: "production"}, Reason: "deployment", Branch: "feature/ü",
		CreatedAt: createdAt(), CreatedBy: "octocat",
		UnlockCommand: ".unlock production", Link: "https://github.com/o/r/pull/12#issuecomment-3",
		ClaimID: claimID, Tool: lock.Tool, RunID: 1 << 40, RunAttempt: 2,
	}
}

// globalLock is a lock that a user asked for, with an end.
func globalLock() lock.Document {
	return lock.Document{
		Target: lock.Target{Global: true}, Branch: "feature", CreatedAt: createdAt(), CreatedBy: "octocat", Sticky: true,
		UnlockCommand: ".unlock --global", Link: "https://github.com/o/r/pull/12#issuecomment-3",
		ClaimID: claimID, Tool: lock.Tool, ExpiresAt: createdAt().Add(2 * time.Hour), Product: "shop", Version: "1.4.0",
	}
}

func TestMarshal(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]lock.Document{
		`{"schema_version":1,"reason":"deployment","branch":"feature/ü","created_at":"2026-01-31T08:09:10.123Z",` +
			`"created_by":"octocat","sticky":false,"environment":"production","global":false,` +
			`"unlock_command":".unlock production","link":"https://github.com/o/r/pull/12#issuecomment-3",` +
			`"claim_id":"` + claimID + `","tool":"lockstep","run_id":1099511627776,"run_attempt":2}`: deploymentLock(),
		`{"schema_version":1,"reason":null,"branch":"feature","created_at":"2026-01-31T08:09:10.123Z",` +
			`"created_by":"octocat","sticky":true,"environment":null,"global":true,` +
			`"unlock_command":".unlock --global","link":"https://github.com/o/r/pull/12#issuecomment-3",` +
			`"claim_id":"` + claimID + `","tool":"lockstep","expires_at":"2026-01-31T10:09:10.123Z","product":"shop","version":"1.4.0"}`: globalLock(),
	} {
		t.Run(d.Environment, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, d.Marshal())
		})
	}
}

func TestMarshalOddText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"<a> & b":             `"<a> & b"`,
		"a\u2028b\u2029":      "\"a\u2028b\u2029\"",
		"\"\\/\b\f\n\r\t\x01": `"\"\\/\b\f\n\r\t\u0001"`,
		`\u2028`:              `"\\u2028"`,
		"\x7f\u0085😀":         "\"\x7f\u0085😀\"",
		"a\xffb":              "\"a\ufffdb\"",
		"}":                   `"}"`,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			d := globalLock()
			d.Reason = text
			assert.Contains(t, d.Marshal(), `"reason":`+want+`,`, "%q", text)
			again, err := lock.Parse(d.Marshal())
			require.NoError(t, err)
			assert.Equal(t, strings.ToValidUTF8(text, "\ufffd"), again.Reason)
		})
	}
}

func TestMarshalTimesInUTC(t *testing.T) {
	t.Parallel()
	d := globalLock()
	zone := time.FixedZone("", 5*60*60+30*60)
	d.CreatedAt, d.ExpiresAt = createdAt().Add(999_999).In(zone), createdAt().In(zone)
	assert.Contains(t, d.Marshal(), `"created_at":"2026-01-31T08:09:10.123Z"`)
	assert.Contains(t, d.Marshal(), `"expires_at":"2026-01-31T08:09:10.123Z"`)
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	full := deploymentLock()
	full.Sticky, full.ExpiresAt = true, createdAt()
	contrary := deploymentLock()
	contrary.Global = true
	for name, d := range map[string]lock.Document{
		"nothing": {}, "deployment": deploymentLock(), "global": globalLock(), "full": full, "contrary": contrary,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := lock.Parse(d.Marshal())
			require.NoError(t, err, name)
			assert.Equal(t, d, got, name)
		})
	}
}

// What Lockstep writes, branch-deploy reads.
func TestOwnLocksAreValid(t *testing.T) {
	t.Parallel()
	odd := deploymentLock()
	odd.Reason, odd.CreatedBy, odd.Environment = "<\u2028\">\xff", "", "a\nb"
	for name, d := range map[string]lock.Document{
		"deployment": deploymentLock(), "global": globalLock(), "odd": odd, "nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, faults(d.Marshal()), name)
		})
	}
}

// faults lists what branch-deploy would not accept in a lock file. It follows the table of its
// fields, and knows nothing of how Lockstep reads them.
func faults(text string) []string {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber() // JavaScript reads numbers out of range as well
	var fields map[string]any
	if !json.Valid([]byte(text)) || decoder.Decode(&fields) != nil || fields == nil {
		return []string{"it is no object"}
	}
	var found []string
	for name, types := range map[string]string{
		"branch": "string|nil", "created_at": "string", "created_by": "string", "sticky": "bool|nil",
		"environment": "string|nil", "global": "bool", "unlock_command": "string", "link": "string",
		"reason": "[^a].*", "schema_version": "json.Number|absent", "claim_id": "string|absent",
	} {
		if !regexp.MustCompile("^(" + types + ")$").MatchString(typeOf(fields, name)) {
			found = append(found, name)
		}
	}
	if version, there := fields["schema_version"].(json.Number); there {
		if number, _ := version.Float64(); number != 1 {
			found = append(found, "schema_version")
		}
	}
	claim, there := fields["claim_id"].(string)
	if there && !regexp.MustCompile(`\Asha256:[0-9a-f]{64}\z`).MatchString(claim) {
		found = append(found, "claim_id")
	}
	return found
}

func typeOf(fields map[string]any, name string) string {
	value, there := fields[name]
	if !there {
		return "absent"
	}
	return strings.Trim(fmt.Sprintf("%T", value), "<>")
}

// The validator above is one: it finds each fault.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, one := range validFiles() {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, faults(one.text), one.name)
		})
	}
	for _, one := range malformedFiles() {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			if one.name != "too deep" { // branch-deploy knows no limit
				assert.NotEmpty(t, faults(one.text), one.name)
			}
		})
	}
}

func TestPull(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]int{
		"https://github.com/o/r/pull/12#issuecomment-3":                   12,
		"https://github.example.com/base/o/r/pull/1234567#issuecomment-3": 1234567,
		"/pull/12#issuecomment-3":                                         12,
		"/pull/12#issuecomment":                                           12,
		"/pull/12":                                                        12,
		"https://github.com/o/pull/pull/12#issuecomment-3":                12,
		"https://github.com/pull/r/pull/12#issuecomment-3":                12,
		"/pull/12#issuecomment-3/pull/13#issuecomment-4":                  12,

		"":                                          0,
		"no link":                                   0,
		"12":                                        0,
		"pull/12#issuecomment-3":                    0,
		"/pull/#issuecomment-3":                     0,
		"/pull/0#issuecomment-3":                    0,
		"/pull/-12#issuecomment-3":                  0,
		"/pull/+12#issuecomment-3":                  0,
		"/pull/012#issuecomment-3":                  0,
		"/pull/1_2#issuecomment-3":                  0,
		"/pull/12.0#issuecomment-3":                 0,
		"/pull/ 12#issuecomment-3":                  0,
		"/pull/١٢#issuecomment-3":                   0,
		"/pull/12/files#issuecomment-3":             0,
		"/pull/12#discussion_r3":                    0,
		"/issues/12#issuecomment-3":                 0,
		"/repull/12#issuecomment-3":                 0,
		"#issuecomment-3/pull/12":                   0,
		"/pull/9223372036854775808#issuecomment-3":  0,
		"/pull/99999999999999999999#issuecomment-3": 0,
	} {
		t.Run(link, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, lock.Document{Link: link}.Pull(), "%q", link)
		})
	}
}

func TestExpired(t *testing.T) {
	t.Parallel()
	at := createdAt()
	for name, test := range map[string]struct {
		expires time.Time
		want    bool
	}{
		"never":                  {time.Time{}, false},
		"later":                  {at.Add(time.Nanosecond), false},
		"now":                    {at, true},
		"now, in another zone":   {at.In(time.FixedZone("", -3600)), true},
		"later, in another zone": {at.Add(time.Second).In(time.FixedZone("", 3600)), false},
		"before":                 {at.Add(-time.Nanosecond), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, lock.Document{ExpiresAt: test.expires}.Expired(at), name)
		})
	}
}
