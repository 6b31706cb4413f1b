package rehearse_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// What comes before a tracked step, and a step that reports a deployment or a build.
const (
	pushed      = "push main One\n"
	aDeployment = "step push alice version=1 environment=staging status="
	aBuild      = "step push alice version=1 event_type=build status="
	withAKey    = "\n-- with --\nversioner_api_key: sk_acme_1_rehearsal\nproduct: shop\n"
)

// played is what a script of one step came to.
type played struct {
	exit     int
	outputs  map[string]string
	log      string
	warnings []string
	errors   []string
	took     time.Duration
}

// track plays a script, whose wants have to hold.
func track(t *testing.T, script string) (result played) {
	t.Helper()
	var began time.Time
	before := func(_ *testing.T, p *rehearse.Session) { began = p.Now() }
	err := framed(t, before, script, func(_ *testing.T, p *rehearse.Session) {
		result.took = p.Now().Sub(began)
		result.exit, result.outputs, result.log = p.Last()
	})
	require.NoError(t, err, script)
	for _, command := range runnertest.Commands(result.log) {
		switch command.Name {
		case "warning":
			result.warnings = append(result.warnings, command.Data)
		case "error":
			result.errors = append(result.errors, command.Data)
		}
	}
	return result
}

// Whatever a workflow calls a state, the wire says one of five words.
func TestEveryStatusOnTheWire(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ state, spellings, github string }{
		{"pending", "pending queued scheduled", "queued"},
		{"started", "started in_progress init deploying building", "in_progress"},
		{"completed", "completed complete success finished deployed built", "success"},
		{"failed", "failed fail failure error timed_out rolled_back", "failure"},
		{"aborted", "aborted abort cancelled canceled cancel skipped", "error"},
	} {
		t.Run(fmt.Sprint(test.state), func(t *testing.T) {
			t.Parallel()
			exit := map[bool]int{true: 1}[test.state == "failed"]
			for spelling := range strings.FieldsSeq(test.spellings) {
				for _, given := range []string{spelling, strings.ToUpper(spelling)} {
					t.Run(given, func(t *testing.T) {
						t.Parallel()
						wants := fmt.Sprintf("\nwant exit %d\nwant tracked status %s\nwant tracked extra_metadata.rolled_back %s\n", exit, test.state,
							map[bool]string{true: "true", false: "absent"}[spelling == "rolled_back"])
						track(t, pushed+aDeployment+given+wants+"want events "+test.state+"\nwant deployment staging "+test.github+withAKey)
						track(t, pushed+aBuild+given+wants+"want builds "+test.state+"\nwant no deployment staging"+withAKey)
					})
				}
			}
		})
	}
	for _, odd := range []string{"neutral", "action_required", "stale", "inactive", "ok"} {
		t.Run(odd, func(t *testing.T) {
			t.Parallel()
			refused := track(t, pushed+aDeployment+odd+"\nwant exit 1\nwant events none\nwant no deployment staging"+withAKey)
			assert.Contains(t, refused.log, "in_progress", "the spellings are listed")
		})
	}
}

// Whatever form a refusal has, and whatever happens when the endpoint is out of order: a start stops.
func TestEveryRefusalOfAStart(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"", " bare", " text", " list"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{409, 423, 428} {
				t.Run(fmt.Sprint(status), func(t *testing.T) {
					t.Parallel()
					for _, fail := range []string{"true", "false", "always"} {
						t.Run(fail, func(t *testing.T) {
							t.Parallel()
							script := fmt.Sprintf("%stracker %d NOT_NOW \"Come back later\"%s\n%sstarted fail_on_api_error=%s\n", pushed, status, form, aDeployment, fail)
							refused := track(t, script+"want exit 1\nwant events none\nwant no deployment staging\nwant output tracking_status blocked\n"+
								"want output reason_code tracking_blocked\nwant summary Come back later"+withAKey)
							require.Len(t, refused.errors, 1, script)
							assert.Contains(t, refused.errors[0], "Come back later", script)
							code := map[bool]string{true: "NOT_NOW"}[form == "" || form == " bare"]
							assert.Equal(t, code, refused.outputs["block_code"], script)
							assert.Zero(t, refused.took, "a no stays a no")
						})
					}
				})
			}
		})
	}
}

// An end has happened, whatever the endpoint says of it; a build is asked about as a deployment is.
func TestRefusalsOfOtherStates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		step, fail     string
		exit, warnings int
	}{
		{aDeployment + "success", "true", 0, 1},
		{aDeployment + "success", "false", 0, 1},
		{aDeployment + "success", "always", 1, 0},
		{aDeployment + "cancelled", "true", 0, 1},
		{aDeployment + "failure", "true", 1, 1},
		{aBuild + "success", "true", 0, 1},
		{aBuild + "success", "always", 1, 0},
		{aDeployment + "pending", "false", 1, 0},
		{aBuild + "started", "false", 1, 0},
	} {
		t.Run(test.step+" "+test.fail, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{409, 423, 428} {
				t.Run(fmt.Sprint(status), func(t *testing.T) {
					t.Parallel()
					script := fmt.Sprintf("%stracker %d NOT_NOW \"Come back later\" any\n%s fail_on_api_error=%s\n", pushed, status, test.step, test.fail)
					said := track(t, script+fmt.Sprintf("want exit %d\nwant events none\nwant builds none", test.exit)+withAKey)
					assert.Len(t, said.warnings, test.warnings, script)
					assert.Contains(t, strings.Join(slices.Concat(said.warnings, said.errors), "\n"), "Come back later", script)
				})
			}
		})
	}
}

// Errors of the endpoint, by what the input says of them: how a step ends, and how often it was tried.
func TestEveryErrorOfTheEndpoint(t *testing.T) {
	t.Parallel()
	for how, attempts := range map[string]int{
		"400 -1": 1, "401 -1": 1, "403 -1": 1, "404 -1": 1, "422 -1": 1, "302 -1": 1,
		"429 -1": 4, "408 -1": 4, "500 -1": 4, "502 -1": 4, "503 -1": 4, "504 -1": 4, "cut -1": 4, "gone": 4, "hang -1": 3,
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			for fail, exits := range map[string][2]int{"true": {1, 0}, "false": {0, 0}, "always": {1, 1}} {
				t.Run(fail, func(t *testing.T) {
					t.Parallel()
					for at, steps := range [][]string{
						{aDeployment + "started", aDeployment + "pending", aBuild + "started"},
						{aDeployment + "success", aDeployment + "cancelled", aBuild + "success"},
					} {
						for _, step := range steps {
							script := pushed + "receiver versioner " + how + "\n" + step + " fail_on_api_error=" + fail
							want := attempts
							if mayBeTaken(how) && at == 0 && exits[at] == 1 {
								want += attempts // a start that may have been taken is called off
							}
							assert.Equal(t, want, outOfOrder(t, script, exits[at]), script)
						}
					}
				})
			}
		})
	}
}

// mayBeTaken reports whether an endpoint that fails so may have recorded the event all the same.
func mayBeTaken(how string) bool {
	return strings.HasPrefix(how, "5") || strings.HasPrefix(how, "cut") || strings.HasPrefix(how, "hang")
}

// outOfOrder plays a step whose event is not recorded, and counts the attempts.
func outOfOrder(t *testing.T, script string, exit int) (requests int) {
	t.Helper()
	err := framed(t, nil, script+withAKey, func(t *testing.T, p *rehearse.Session) {
		t.Helper()
		got, outputs, log := p.Last()
		assert.Equal(t, exit, got, "%s\n%s", script, log)
		assert.Equal(t, "not_recorded", outputs["tracking_status"], script)
		assert.NotContains(t, outputs, "version_id", script)
		said := map[string]int{}
		for _, command := range runnertest.Commands(log) {
			if strings.Contains(command.Data, "tracking endpoint ") {
				said[command.Name]++
			}
		}
		assert.Equal(t, exit, said["error"], script)
		if exit == 0 {
			assert.Equal(t, 1, said["warning"], "%s\n%s", script, log)
		}
		if exit == 1 && strings.Contains(script, "started") {
			assert.Empty(t, p.GitHub.Deployments("staging"), script)
		}
		requests = len(p.Versioner.Requests())
	})
	require.NoError(t, err, script)
	return requests
}

// A start whose answer was lost is in its own way when it comes again; another run's is not.
func TestStartInItsOwnWay(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"502 after", "cut after", "hang after"} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			own := track(t, pushed+"receiver versioner "+lost+"\n"+aDeployment+"started\nwant exit 0\nwant events started\n"+
				"want deployment staging in_progress\nwant output tracking_status recorded"+withAKey)
			assert.Empty(t, own.errors, lost)
			track(t, pushed+aDeployment+"started\nwant exit 0\npass 10s\nreceiver versioner "+strings.TrimSuffix(lost, " after")+
				"\nstep push alice version=2 environment=staging status=started\nwant exit 1\nwant output block_code DEPLOYMENT_IN_PROGRESS"+withAKey)
		})
	}
}

// What the endpoint names is given out, and nothing else under these names.
func TestOutputsOfTracking(t *testing.T) {
	t.Parallel()
	const refused = "tracker 423 NO_DEPLOY_WINDOW frozen any\n"
	for script, want := range map[string]string{
		aDeployment + "started": "deployment_id environment_id event_id product_id tracking_status version_id",
		aDeployment + "success": "deployment_id environment_id event_id product_id tracking_status version_id",
		aBuild + "success":      "build_id event_id product_id tracking_status version_id",
		"tracker report-only soak wait\n" + aDeployment + "started": "deployment_id environment_id event_id product_id report_only_warnings tracking_status version_id",
		"tracker report-only soak wait\n" + aBuild + "started":      "build_id event_id product_id tracking_status version_id",
		refused + aDeployment + "started":                           "block_code event_id tracking_status",
		refused + aBuild + "started":                                "block_code event_id tracking_status",
		"tracker down\n" + aDeployment + "success":                  "deployment_id event_id tracking_status",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			outputs := track(t, pushed+script+withAKey).outputs
			var got []string
			for name := range strings.FieldsSeq("block_code build_id deployment_id environment_id event_id product_id report_only_warnings retry_after tracking_status version_id") {
				if outputs[name] != "" {
					got = append(got, name)
				}
			}
			assert.Equal(t, want, strings.Join(got, " "), script)
		})
	}
	window := func(_ *testing.T, p *rehearse.Session) {
		p.Versioner.Refuse(sim.Refusal{Status: 423, Code: "NO_DEPLOY_WINDOW", Rule: "Weekend", Message: "frozen", RetryAfter: "2026-11-23T06:00:00Z"})
	}
	require.NoError(t, framed(t, window, pushed+aDeployment+"started\nwant output retry_after 2026-11-23T06:00:00Z\n"+
		"want summary after `2026-11-23T06:00:00Z`\nwant log rule `Weekend`"+withAKey, nil))
}

// A company's own GitHub is named wherever an address goes out.
func TestTrackingOnEnterprise(t *testing.T) {
	t.Parallel()
	const there = "env GITHUB_SERVER_URL https://github.acme.example\nenv GITHUB_API_URL https://github.acme.example/api/v3\n" +
		"env GITHUB_GRAPHQL_URL https://github.acme.example/api/graphql\n"
	const page = "_url https://github.acme.example/acme/shop/actions/runs/9000000001"
	err := framed(t, nil, pushed+there+aDeployment+"started\nwant exit 0\nwant tracked deploy"+page+"\nwant deployment staging in_progress main\n"+
		"want output-holds record \"https://github.acme.example/acme/shop\""+withAKey, func(t *testing.T, p *rehearse.Session) {
		t.Helper()
		_, outputs, _ := p.Last()
		assert.Equal(t, 1, strings.Count(outputs["record"], "github.com"), "only the name of the schema")
	})
	require.NoError(t, err)
	track(t, pushed+there+aBuild+"success\nwant exit 0\nwant tracked build"+page+withAKey)
}

// The key or harmful text in an endpoint's answer reaches no reader.
func TestWhatTheEndpointSaysIsHarmless(t *testing.T) {
	t.Parallel()
	const key = "sk_acme_1_rehearsal"
	hostile := "key " + key + " @everyone <img src=x>\n::error::oops\r\n::set-output name=continue::true\n# Heading | cell %0A"
	said := []byte(`{"detail":` + strconv.Quote("key "+key) + `}`)
	for name, before := range map[string]act{
		"refusal": func(_ *testing.T, p *rehearse.Session) {
			p.Versioner.Refuse(sim.Refusal{Status: 428, Code: hostile, Rule: hostile, Message: hostile, RetryAfter: hostile, Any: true, Times: -1})
		},
		"text": func(_ *testing.T, p *rehearse.Session) {
			p.Versioner.Fail(sim.Fault{Status: 401, Body: string(said), Times: -1})
		},
		"page": func(_ *testing.T, p *rehearse.Session) {
			p.Versioner.Fail(sim.Fault{Status: 503, Body: "<html>" + hostile, Times: -1})
		},
		"nothing": func(_ *testing.T, p *rehearse.Session) {
			p.Versioner.Fail(sim.Fault{Status: 400, Body: hostile, Times: -1})
		},
		"rules": func(_ *testing.T, p *rehearse.Session) { p.Versioner.ReportOnly(hostile, hostile) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, script := range []string{
				scenario, scenario + "set fail_on_api_error false\nset versioner_gate false\ncomment alice 1 .deploy to staging\njob failure\n",
				pushed + aDeployment + "started", pushed + aDeployment + "success", pushed + aBuild + "failure",
			} {
				t.Run(script, func(t *testing.T) {
					t.Parallel()
					after := func(t *testing.T, p *rehearse.Session) {
						t.Helper()
						inspectWords(t, p, key)
					}
					with := withAKey + "webhook_url: " + sim.WebhookURL + "\nwebhook_secret: " + sim.WebhookSecret + "\nslack_webhook_url: " + sim.SlackURL + "\n"
					require.NoError(t, framed(t, before, script+with, after), "%s: %s", name, script)
				})
			}
		})
	}
}

// inspectWords looks for a secret, and for commands from outside, in everything that leaves the action.
func inspectWords(t *testing.T, p *rehearse.Session, secret string) {
	t.Helper()
	_, outputs, log := p.Last()
	state, summary := p.Left()
	words := []string{summary, fmt.Sprint(outputs, state), strings.ReplaceAll(log, "::add-mask::"+secret, "")}
	for _, comment := range p.GitHub.Comments(1) {
		words = append(words, comment.Body)
		inspectMarkdown(t, comment, "")
	}
	for _, deployment := range p.GitHub.Deployments("staging") {
		words = append(words, fmt.Sprintf("%+v", deployment))
	}
	for _, message := range slices.Concat(p.Receivers["webhook"].Messages(), p.Receivers["slack"].Messages()) {
		words = append(words, string(message.Body))
	}
	for _, word := range words {
		assert.NotContains(t, word, secret)
	}
	for _, command := range runnertest.Commands(log) {
		assert.NotEqual(t, "oops", command.Data)
	}
	text := regexp.MustCompile("(`+)[^`](.|\n)*?[^`]?(`+)").ReplaceAllString(summary, "")
	assert.NotContains(t, text, "<img")
	assert.NotContains(t, text, "@everyone")
	assert.NotContains(t, text, "\n# Heading")
}
