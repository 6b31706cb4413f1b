package playground

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/envname"
	"github.com/lockstep-action/lockstep/internal/policy"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// environments is the lane: the environments in the order in which a commit goes through them.
func (v *viewer) environments(rules string) []Environment {
	read, _ := policy.Read(rules) // with mistakes it has the names
	order := append(config.List(v.scene.Input("enforced_deployment_order")), afterOrder(read.Environments)...)
	if len(read.Environments) == 0 {
		order = append(order, config.List(v.scene.Input("environment_targets"))...)
	}
	production := config.List(v.scene.Input("production_environments"))
	all := []Environment{}
	for _, name := range envname.Distinct(order) {
		one := Environment{Name: name, Production: envname.Contains(production, name), Lock: v.lock(name)}
		if at := slices.IndexFunc(read.Environments, func(e policy.Environment) bool { return envname.Same(e.Name, name) }); at >= 0 && read.Environments[at].Production.IsSet() {
			one.Production = read.Environments[at].Production.Value
		}
		one.State, one.Current = v.deployed(name)
		all = append(all, one)
	}
	return all
}

// afterOrder puts each environment of a rules file behind those that it names in after.
func afterOrder(environments []policy.Environment) []string {
	var order []string
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		at := slices.IndexFunc(environments, func(e policy.Environment) bool { return envname.Same(e.Name, name) })
		if at < 0 || envname.Contains(order, name) || envname.Contains(path, name) {
			return
		}
		for _, before := range environments[at].After.Value {
			visit(before, append(path, name))
		}
		order = append(order, name)
	}
	for _, one := range environments {
		visit(one.Name, nil)
	}
	return order
}

// deployed is what the newest deployment to an environment has come to, and what runs there.
func (v *viewer) deployed(name string) (state string, current *Deployment) {
	all := v.github.Deployments(name)
	if at := slices.IndexFunc(all, func(d sim.Deployment) bool { return d.State == "ACTIVE" }); at >= 0 {
		current = new(deploymentOf(all[at]))
	}
	if len(all) == 0 {
		return "nothing", nil
	}
	switch newest := deploymentOf(all[0]); newest.State {
	case "success":
		return "success", current
	case "failure", "error":
		return "failure", current
	case "inactive":
		if current == nil {
			return "nothing", nil
		}
		return "success", current
	}
	return "running", current
}

// spellings are the names that an environment's lock may have: unlike environments, branches differ by case.
func spellings(environment string) []string {
	lower := strings.ToLower(environment)
	_, first := utf8.DecodeRuneInString(lower)
	return []string{environment, lower, strings.ToUpper(lower[:first]) + lower[first:]}
}

// lock is the lock of an environment, or else that of all.
func (v *viewer) lock(environment string) *Lock {
	for _, target := range append(spellings(environment), "") {
		branch := sim.LockBranch(target)
		if v.github.Head(branch) == "" {
			continue
		}
		text, _ := v.github.File(branch, sim.LockFile)
		var file struct {
			By     string `json:"created_by"`
			Reason string `json:"reason"`
			Sticky bool   `json:"sticky"`
			Until  string `json:"expires_at"`
		}
		_ = json.Unmarshal([]byte(text), &file) // a lock that cannot be read is one all the same
		return &Lock{By: file.By, Reason: file.Reason, Sticky: file.Sticky, Global: target == "", Until: file.Until}
	}
	return nil
}
