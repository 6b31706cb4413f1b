package deploy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/similar"
)

func environmentGate() Gate {
	return Gate{Name: "environment", Without: "the command names the environment", Check: func(k *Case) Finding {
		if k.Command.KnownEnvironment {
			return pass("the command names a known environment")
		}
		c := k.Config
		return block(InvalidEnvironment,
			joined("The command does not name an environment that I know.", unknownFlag(k)),
			joined(didYouMean(k), "The environments are "+markdown.Codes(c.Environments(), ", ")+".",
				"Type "+environmentForms(k.Command.Kind, c.Commands, c.StableBranch)+"."))
	}}
}

// unknownFlag says what is wrong with a flag before the separator, "" where it is right.
func unknownFlag(k *Case) string {
	flag := k.Command.Flag
	switch {
	case flag == "":
		return ""
	case !slices.Contains(command.Flags(), flag):
		text := "Unknown flag " + markdown.Code(markdown.Brief(flag)) + "."
		if near := similar.Nearest(flag, command.Flags()); near != "" {
			text += " Did you mean " + markdown.Code(near) + "?"
		}
		return text
	case k.Config.Policy == nil:
		return "`--override` lifts rules of a rules file, and no such file is in effect."
	}
	return "With `--override`, write the environment before the flag."
}

func environmentForms(kind command.Kind, c config.Commands, stableBranch string) string {
	plain := markdown.Code(trigger(kind, c) + " <environment>")
	switch {
	case kind == command.Rollback:
		return plain + ", or " + markdown.Code(c.Rollback+" <environment> to <commit or version>")
	case !kind.Deploys():
		return plain
	}
	rollback := markdown.Code(trigger(kind, c) + " " + stableBranch + " to <environment>")
	return plain + ", or " + rollback + " for a rollback; parameters follow " + markdown.Code(c.Separator)
}

// didYouMean asks for the command with the environment that is written almost like what was typed, "" where none is.
func didYouMean(k *Case) string {
	c := k.Config
	begins := trigger(k.Command.Kind, c.Commands)
	typed, found := strings.CutPrefix(k.Command.Text, begins)
	if !found || k.Command.Flag != "" {
		return ""
	}
	typed, more, _ := strings.Cut(typed, endOfName(k))
	words, known := strings.Fields(typed), c.Environments()
	takesBranch := k.Command.Kind == command.Deploy || k.Command.Kind == command.Noop
	isStable := takesBranch && len(words) > 1 && words[0] == c.StableBranch
	switch {
	case isStable:
		begins, words = begins+" "+c.StableBranch+" to", words[1:]
	case takesBranch:
		known = append(known, c.StableBranch) // which may be meant as well
	}
	if len(words) > 1 && words[0] == "to" {
		words = words[1:]
	}
	meant := nearest(words, known)
	advised := begins + " " + meant
	read, err := Grammar(c).Parse(advised)
	switch {
	case meant == "" || err != nil || read.Kind != k.Command.Kind || read.Environment != meant || read.StableBranch != isStable:
		return "" // it means something else when it is typed
	case strings.TrimSpace(more) != "": // which the advised command would lose
		return "Did you mean the environment " + markdown.Code(meant) + "?"
	}
	return "Did you mean " + markdown.Code(advised) + "?"
}

// endOfName is what ends the name in a command: the flags of a lock, the parameters of a deployment. Where there is no
// separator, that is nothing that people type.
func endOfName(k *Case) string {
	if k.Command.Kind.AboutLocks() {
		return "--"
	}
	return cmp.Or(k.Config.Commands.Separator, "\x00")
}

// nearest is the environment of which a name is the beginning, or which it resembles; "" for none, or several. A word
// more may be a commit or a branch: it makes another name.
func nearest(words, environments []string) string {
	name := strings.Join(words, " ")
	const short = 3 // letters that may be the beginning of anything
	var begin []string
	for _, one := range environments {
		if len(name) >= short && strings.HasPrefix(strings.ToLower(one), strings.ToLower(name)) {
			begin = append(begin, one)
		}
	}
	switch len(begin) {
	case 0:
		environments = slices.DeleteFunc(slices.Clone(environments), func(one string) bool {
			return len(strings.Fields(one)) != len(words)
		})
		first := similar.Nearest(name, environments)
		slices.Reverse(environments) // of two that are as near, the other one is found then
		if similar.Nearest(name, environments) == first {
			return first
		}
	case 1:
		return begin[0]
	}
	return ""
}
