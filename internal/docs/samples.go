package docs

import (
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/template"
)

// samples are comments as people see them, by the name under which a page shows them.
func samples(m *maker) map[string]string {
	s := sampleSubject()
	reported := message.Ending{
		Status: config.Completed, RawStatus: "success", DeploymentID: 1893021, At: afterwards(), Seconds: 60, ShowURL: true,
	}
	reported.Results = `3 machines were updated.\n\n- shop-1\n- shop-2\n- shop-3`
	started, _, _ := strings.Cut(message.Started(s), "<details><summary>Details")
	question, _, _ := strings.Cut(message.Confirm(s, time.Minute), "<details><summary>Details")
	all := map[string]string{
		"started":  started,
		"result":   message.Result(s, reported),
		"question": question,
		"outcomes": outcomes(s),
		"rendered": rendered(m, s, reported),
		"claimed":  claimed(m),
		"frozen":   frozen(m),
		"recorded": recorded(s),
		"checkup":  checkupSample(m),
		"status":   statusSample(m, ".status"),

		"status-one": statusSample(m, ".status production"),
	}
	for name, one := range rulings() {
		all[name] = one.says(m)
	}
	return all
}

// recorded is what the page of a run shows when the deployment has ended.
func recorded(s message.Subject) string {
	return message.RecordSummary(message.Record{
		Subject: s, Product: "shop", Version: "1.4.0", Status: config.Completed, Change: "forward", Ended: afterwards(),
		DeploymentID: 1893021, Checks: 4, Artifacts: []string{"ghcr.io/acme/shop:1.4.0"},
		Receipt: "recorded", ReceiptURL: "https://app.versioner.io/manage/deployments?view=8c1f6a52",
	}, deploy.Decision{})
}

// outcomes are the lines that a question for a confirmation ends with, for each answer.
func outcomes(s message.Subject) string {
	asked := message.Confirm(s, time.Minute)
	var lines []string
	for _, kind := range []deploy.AnswerKind{deploy.Confirmed, deploy.Rejected, deploy.TimedOut, deploy.NoAnswer} {
		text := message.Answered(s, time.Minute, deploy.Answer{Kind: kind, At: afterwards()})
		for line := range strings.Lines(text) {
			if !strings.Contains(asked, line) {
				lines = append(lines, "- "+strings.TrimSpace(line))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// rendered is what the template on the page makes of a result.
func rendered(m *maker, s message.Subject, ended message.Ending) string {
	fence := regexp.MustCompile("(?s)```jinja\n(.*?)```")
	found := fence.FindStringSubmatch(read(m, m.path("docs", "messages.md")))
	m.require(found != nil, "the page shows no template")
	parsed, err := template.Parse(found[1])
	m.must(err)
	ended.Template, ended.Results = &parsed, "3 machines were updated."
	return message.Result(s, ended)
}

// sampleSubject is a deployment to staging, where an older commit runs.
func sampleSubject() message.Subject {
	const commits = "https://github.com/acme/shop/"
	return message.Subject{
		Actor: "octocat", Environment: "staging", EnvironmentURL: "https://staging.shop.example",
		Ref: "faster-checkout", SHA: headSHA, Kind: deploy.BranchTarget, Verified: true, Committer: "octocat",
		CommitURL: commits + "commit/" + headSHA, RunURL: "https://github.com/acme/shop/actions/runs/77", StartedAt: askedAt(),
		Live:    &message.Live{SHA: stableSHA, CompareURL: commits + "compare/" + stableSHA + "..." + headSHA, Counted: true, Ahead: 3, Changes: sampleChanges()},
		Reviews: &message.Reviews{Count: 1, Decision: deploy.Approved},
		Trigger: message.Trigger{CreatedAt: askedAt(), UpdatedAt: askedAt(), Body: ".deploy to staging", URL: commits + "pull/12#issuecomment-3001"},
	}
}

// claimed is the answer to a lock that is taken.
func claimed(m *maker) string {
	a := newTrial(m, "Branch")
	a.request = asking(understood(m, a, ".lock production --for 8h --reason load test"))
	taken := document()
	taken.CreatedBy, taken.CreatedAt, taken.ExpiresAt = "octocat", askedAt(), askedAt().Add(8*time.Hour)
	taken.Link = "https://github.com/acme/shop/pull/12#issuecomment-3001"
	return message.LockClaimed(a.request, a.settings, a.decide(), taken)
}

// sample shows a comment as a quotation.
func sample(m *maker, b block) string {
	text, known := samples(m)[b.arguments]
	m.require(known, "there is no sample %q", b.arguments)
	var quoted strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		quoted.WriteString(strings.TrimRight("> "+line, " \n") + "\n")
	}
	return "\n" + quoted.String() + "\n"
}

// variableTable lists what a template can show.
func variableTable(*maker, block) string {
	var rows [][]string
	for _, variable := range template.Variables() {
		rows = append(rows, []string{markdown.Cell(variable.Name), variable.Type, cell(variable.Meaning)})
	}
	return table([]string{"Variable", "Type", "Content"}, rows)
}

// phraseTable is written by hand, except that the action really says what the first column repeats.
func phraseTable(m *maker, b block) string {
	said := productText(m)
	for _, row := range b.rows() {
		m.check(strings.Contains(said, plain(row[0])), "the action does not say %s", row[0])
	}
	return b.text
}

// productText is the source of everything that the action says, and the comments that tests hold it to.
func productText(m *maker) string {
	if m.said != "" {
		return m.said
	}
	var all strings.Builder
	for _, path := range files(m, ".go", ".md") {
		if strings.HasSuffix(path, ".md") && filepath.Base(filepath.Dir(path)) != "testdata" {
			continue
		}
		if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/sim/") || strings.Contains(path, "/rehearse/") {
			continue
		}
		all.WriteString(read(m, path))
	}
	m.said = all.String()
	return m.said
}

func sampleChanges() *deploy.Changelog {
	all := &deploy.Changelog{Commits: 3}
	all.Add(deploy.Change{Pull: 12, SHA: headSHA, Title: "Bigger cache", Author: "octocat", URL: "https://github.com/acme/shop/pull/12"})
	return all
}
