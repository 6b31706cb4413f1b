package docs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/period"
)

// exampleTable says what becomes of the comments in its first column. The arguments are inputs,
// as name=value; with the word rules, a rules file lets the actor lift freezes.
func exampleTable(m *maker, b block) string {
	words := slices.DeleteFunc(b.words(), func(word string) bool { return word == "rules" })
	ruled := len(words) < len(b.words())
	c := settings(m, assigned(m, words))
	var rows [][]string
	for _, row := range b.rows() {
		body := plain(row[0])
		asked, unreadable := deploy.Grammar(c).Parse(body)
		r := asking(asked)
		r.Unreadable = unreadable
		reason := deploy.Decide(r, c, facts(r)).Reason
		if ruled {
			a, d := ruling{rules: overrideRules, command: body}.decide(m)
			asked, reason = a.request.Command, d.Reason
		}
		rows = append(rows, []string{
			markdown.Cell(shown(body)), wish(asked, c), place(asked), markdown.Cell(string(reason)),
		})
	}
	return table([]string{"Comment", "Asks to", "Environment", "`reason_code`"}, rows)
}

// shown puts signs for what a table cannot show.
func shown(body string) string {
	return strings.NewReplacer("\n", "⏎", "\t", "⇥").Replace(body)
}

// wish says what a command asks for.
func wish(asked command.Command, c config.Config) string {
	code := "the pull request"
	switch {
	case asked.StableBranch:
		code = markdown.Cell(c.StableBranch)
	case asked.SHA != "":
		code = "the commit " + markdown.Cell(deploy.Short(asked.SHA))
	}
	unknown := !asked.KnownEnvironment
	switch asked.Kind {
	case command.Deploy, command.Noop:
		verb := map[command.Kind]string{command.Deploy: "deploy", command.Noop: "rehearse"}[asked.Kind]
		if unknown {
			return verb + ", environment unknown"
		}
		return verb + " " + code
	case command.Rollback:
		return rollbackWish(asked)
	case command.Lock:
		if asked.For != 0 {
			return "lock for " + markdown.Cell(period.Format(asked.For))
		}
		return "lock"
	case command.Unlock:
		return "unlock"
	case command.LockInfo:
		return "show the lock"
	case command.Help:
		return "help"
	case command.Status:
		return "show what runs"
	case command.Deprecated:
		return "rehearse, in an old syntax"
	case command.Naked:
		return "act without naming an environment"
	case command.None:
	}
	return "nothing: not a command"
}

func rollbackWish(asked command.Command) string {
	switch {
	case !asked.KnownEnvironment:
		return "roll back, environment unknown"
	case asked.To != "":
		return "roll back to " + markdown.Cell(asked.To)
	}
	return "roll back to the previous good version"
}

// place names the environment of a command.
func place(asked command.Command) string {
	switch asked.Kind {
	case command.None, command.Help, command.Deprecated, command.Naked:
		return ""
	case command.Deploy, command.Noop, command.Rollback, command.Lock, command.Unlock, command.LockInfo, command.Status:
	}
	if asked.Global || asked.Kind == command.Status && asked.KnownEnvironment && asked.Environment == "" {
		return "all"
	}
	if asked.Environment == "" {
		return "unknown"
	}
	return markdown.Cell(asked.Environment)
}

// paramTable says what the parameters in its first column are read as.
func paramTable(m *maker, b block) string {
	var rows [][]string
	for _, row := range b.rows() {
		raw := plain(row[0])
		asked, err := deploy.Grammar(settings(m, nil)).Parse(".deploy | " + raw)
		m.must(err)
		m.check(asked.Params.Raw == raw, "the parameters %q are read as %q", raw, asked.Params.Raw)
		rows = append(rows, []string{markdown.Cell(raw), markdown.Cell(asked.Params.JSON)})
	}
	return table([]string{"Parameters", "`parsed_params`"}, rows)
}

// valueTable tries out the values in its first column, "input: value", and keeps what the last one
// says about them.
func valueTable(m *maker, b block) string {
	var rows [][]string
	for _, row := range b.rows() {
		name, value, found := strings.Cut(plain(row[0]), ":")
		m.require(found, "want input: value, got %s", row[0])
		value = strings.TrimSpace(value)
		_, err := tryOut(map[string]string{name: strings.Trim(value, `"'`)})
		outcome := "accepted"
		if err != nil {
			outcome = "refused"
		}
		note := cmp.Or(column(row, 2), column(row, 1))
		m.check(note != "", "the row of %s wants a reason", row[0])
		rows = append(rows, []string{markdown.Cell(name + ": " + value), outcome, note})
	}
	return table([]string{"Value", "Result", "Why"}, rows)
}
