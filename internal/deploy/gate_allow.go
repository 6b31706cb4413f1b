package deploy

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// allowGate wants everyone who takes part in a start to be on the list of the environment. No one can lift it.
func allowGate() Gate {
	return Gate{
		Name: "allow", Ways: []Way{HeadWay, NoopWay, RollbackWay, StableWay, TrackedWay}, Check: checkAllow,
		Parts: allowParts, Needs: needPeople,
		Code: func(*Case, Part) Reason { return NotAllowed },
	}
}

// allowed is who may deploy to the environment, and whether the rules file says it.
func (k *Case) allowed() ([]policy.Principal, bool) {
	if !k.ruled() || k.Way == NoWay {
		return nil, false
	}
	return k.Config.Resolved.Rules.Allow.Value, k.Config.Resolved.Rules.Allow.IsSet()
}

// judged are the people who have to be on the list: who wrote the command, and who started its run again. A start by an
// event such as a push has no one until it is started again.
func (k *Case) judged() []Actor {
	actor, rerunner := k.Actor, k.Rerunner
	actor.Login, rerunner.Login = k.Event.Actor, k.Event.RerunBy()
	switch {
	case k.byEvent() && !k.Event.Rerun():
		return nil
	case rerunner.Login == "":
		return []Actor{actor}
	case k.byEvent():
		return []Actor{rerunner}
	}
	return []Actor{actor, rerunner}
}

// byEvent reports whether an event starts the deployment, and not the person who caused it.
func (k *Case) byEvent() bool {
	return k.byStep() && !slices.Contains([]string{"workflow_dispatch", "repository_dispatch", "issue_comment"}, k.Event.Name)
}

// needPeople asks for what the lists of people rest on: first allow, then override.
func needPeople(k *Case, n *Needs) {
	if list, listing := k.allowed(); listing {
		if k.byStep() && k.rolesMatter() {
			n.Actor, n.RerunBy = k.Event.Actor, k.Event.RerunBy()
		}
		for _, person := range k.judged() {
			if !k.awaited(person) {
				k.needMembers(n, memberships(list, person)...)
			}
		}
	}
	if k.Command.Overrides && k.ruled() && !k.Event.Rerun() {
		k.needMembers(n, memberships(k.Config.Resolved.Rules.Override.Allow, k.overrider())...)
	}
}

// rolesMatter reports whether someone is on the list by permission or role, or not at all.
func (k *Case) rolesMatter() bool {
	list, _ := k.allowed()
	hasRoles := slices.ContainsFunc(list, func(p policy.Principal) bool { return p.Kind == policy.Role })
	return hasRoles && slices.ContainsFunc(k.judged(), func(a Actor) bool { return !listed(list, Actor{Login: a.Login}) })
}

// awaited reports whether the permission of someone is still to be read: with it no team may matter.
func (k *Case) awaited(person Actor) bool {
	if !k.rolesMatter() {
		return false
	}
	part := k.partOf(person)
	return !k.Read[part] && k.Unavailable[part] == Problem{}
}

func (k *Case) partOf(person Actor) Part {
	if person.Login == k.Event.Actor {
		return ActorPart
	}
	return RerunnerPart
}

func allowParts(k *Case) []Part {
	list, listing := k.allowed()
	if !listing {
		return nil
	}
	var parts []Part
	for _, person := range k.judged() {
		if !k.byStep() || k.rolesMatter() {
			parts = append(parts, k.partOf(person))
		}
		if len(memberships(list, person)) > 0 {
			parts = append(parts, MembersPart)
		}
	}
	return distinct(parts)
}

func checkAllow(k *Case) Finding {
	list, listing := k.allowed()
	if !listing {
		return pass("the rules file does not say who may deploy here")
	}
	if k.byEvent() && !slices.Contains(list, policy.Principal{Kind: policy.Event, Name: k.Event.Name}) {
		return eventRefusal(k, list)
	}
	if k.Event.Rerun() && k.Event.Triggering == "" {
		return block(NotAllowed, "The runner does not say who started this run again.", "Start a new one.")
	}
	for _, person := range k.judged() {
		if !k.among(list, person) {
			return personRefusal(k, list, person.Login)
		}
	}
	return pass("the rules file lets everyone deploy here who takes part")
}

func eventRefusal(k *Case, list []policy.Principal) Finding {
	event := policy.Principal{Kind: policy.Event, Name: k.Event.Name}.String()
	why := "`allow` does not have " + markdown.Code(markdown.Brief(event)) + "."
	if !slices.ContainsFunc(list, func(p policy.Principal) bool { return p.Kind == policy.Event }) {
		why = "It is deployed to by people only."
	}
	return block(NotAllowed,
		"A start by the event "+markdown.Code(markdown.Brief(k.Event.Name))+" may not deploy to "+bold(k.Target.Environment)+". "+why,
		"Start it with `workflow_dispatch`, or add the event to `allow` in the rules file. "+mayDeploy(list))
}

func personRefusal(k *Case, list []policy.Principal, login string) Finding {
	who := markdown.Code(markdown.Brief(login))
	if k.Event.Rerun() && strings.EqualFold(login, k.Event.Triggering) {
		who += ", who started this run again,"
	}
	teams := k.notMembers(list, login)
	text := who + " may not deploy to " + bold(k.Target.Environment) + "."
	if isBot(login) {
		teams = Problem{Text: "Bots cannot be listed."}
	}
	isEvent := func(p policy.Principal) bool { return p.Kind == policy.Event }
	people := slices.DeleteFunc(slices.Clone(list), isEvent)
	return block(NotAllowed, joined(text, teams.Text), joined(teams.Hint, mayDeploy(people)))
}

func mayDeploy(list []policy.Principal) string {
	if len(list) == 0 {
		return "It is deployed to by listed events only."
	}
	return "These may: " + principalNames(list) + "."
}

func joined(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}

func bold(name string) string { return "**" + markdown.Text(markdown.Brief(name)) + "**" }
