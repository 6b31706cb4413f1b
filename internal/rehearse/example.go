package rehearse

import (
	"fmt"
	"strings"
)

// Example is a command for pull request 1, ready to be measured or played for real.
type Example struct {
	Name    string // in Markdown
	Command string
	Begins  bool   // it begins something that the end of the job completes
	before  string // lines of a story
	with    string // inputs of the step
}

// Waiting is the example of a command behind an order of three environments, with a tracking endpoint. Its rules file
// needs the zones of the program.
func Waiting(command string) Example {
	return Example{
		Name: command, Command: command, Begins: true, before: zonedRules + ready,
		with: "enforced_deployment_order: development,staging,production\nversioner_api_key: " + versionerKey + "\n",
	}
}

const zonedRules = `file main .github/lockstep.yml "version: 1\ntime_zone: Europe/Berlin\nenvironments:\n  development:\n  staging:\n  production:\n` +
	`freezes:\n  - {name: move, from: 2019-12-23 18:00, until: 2020-01-04 08:00, environments: [development]}\n"` + "\n"

// ready is a pull request that may be deployed.
const ready = "user alice write\npush checkout Faster checkout\npull 1 alice checkout Faster checkout\n"

// Examples are the commands whose cost the documentation shows.
func Examples() []Example {
	all := []Example{{Name: "`.deploy`", Command: ".deploy", Begins: true, before: ready}}
	for _, environments := range []int{3, 10, 50} {
		all = append(all, inOrder(environments))
	}
	return append(all,
		Example{Name: "`.noop`", Command: ".noop", Begins: true, before: ready},
		Example{Name: "`.deploy main` (rollback)", Command: ".deploy main", Begins: true, before: ready + "deployed production checkout alice success\n"},
		Example{Name: "`.lock`", Command: ".lock", before: ready},
		Example{Name: "`.status`", Command: ".status", before: ready},
		statusOfMany(50),
	)
}

// statusOfMany asks what runs in so many environments.
func statusOfMany(environments int) Example {
	names := make([]string, environments)
	for i := range names {
		names[i] = fmt.Sprintf("stage-%d", i+1)
	}
	return Example{
		Name: fmt.Sprintf("`.status` of %d environments", environments), Command: ".status", before: ready,
		with: "environment_targets: " + strings.Join(names, ",") + "\nenvironment: stage-1\nproduction_environments: stage-1\n",
	}
}

// inOrder deploys to the last of so many environments; the commit runs in all the others.
func inOrder(environments int) Example {
	before, names := strings.Builder{}, make([]string, environments)
	before.WriteString(ready)
	for i := range names {
		names[i] = fmt.Sprintf("stage-%d", i+1)
		if i < environments-1 {
			fmt.Fprintf(&before, "deployed %s checkout alice success\n", names[i])
		}
	}
	last, list := names[environments-1], strings.Join(names, ",")
	return Example{
		Name: fmt.Sprintf("`.deploy`, the last of %d environments", environments), Command: ".deploy " + last, Begins: true, before: before.String(),
		with: "environment_targets: " + list + "\nenforced_deployment_order: " + list + "\nenvironment: " + last + "\nproduction_environments: " + last + "\n",
	}
}

// story is the example with further lines.
func (s Example) story(lines ...string) (Story, error) {
	return ParseStory(s.Name, []byte(s.before+strings.Join(lines, "\n")+"\n-- with --\n"+s.with))
}

// Main is the story of the command.
func (s Example) Main() (Story, error) { return s.story("comment alice 1 " + s.Command) }

// Post is the story of the command and the end of its job.
func (s Example) Post() (Story, error) { return s.story("comment alice 1 "+s.Command, "job success") }
