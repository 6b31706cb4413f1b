package config

import "slices"

// conflicts finds inputs that are fine alone and wrong together.
func (c Config) conflicts() Errors {
	var errs Errors
	if len(c.Targets) == 0 {
		errs = append(errs, &InputError{Input: "environment_targets", Accepted: "name at least one environment"})
	}
	if len(c.Permissions) == 0 {
		errs = append(errs, &InputError{Input: "permissions", Accepted: "name at least one permission, or no one can run a command"})
	}
	return slices.Concat(errs, c.modeConflicts(), c.Commands.conflicts(), c.lockConflicts(),
		c.finishConflicts(), c.addressConflicts(), c.webhookConflicts())
}

// modeConflicts finds inputs that want another mode than the one that is asked for.
func (c Config) modeConflicts() Errors {
	var errs Errors
	if c.mergeMode != "" && slices.Contains([]Mode{TrackIt, Finish, Doctor}, c.Mode) {
		accepted := "must be left out with " + string(c.mergeMode) + "_mode: true, which is a mode of its own"
		errs = append(errs, &InputError{Input: "mode", Value: string(c.Mode), Accepted: accepted})
	}
	if c.Handoff != "" && c.Mode != Finish && c.Mode != "" {
		errs = append(errs, &InputError{Input: "handoff", Accepted: "needs mode: finish"})
	}
	return errs
}

// finishConflicts finds two opinions on what the end of the job does.
func (c Config) finishConflicts() Errors {
	if c.Track.FinishOnPost && c.SkipCompleting {
		accepted := "must be left out with skip_completing: true, which completes nothing when the job ends"
		return Errors{&InputError{Input: "finish_on_post", Accepted: accepted}}
	}
	return nil
}

// conflicts finds commands that cannot be told apart.
func (c Commands) conflicts() Errors {
	type word struct{ input, value string }
	words := []word{
		{"trigger", c.Deploy},
		{"noop_trigger", c.Noop},
		{"lock_trigger", c.Lock},
		{"unlock_trigger", c.Unlock},
		{"lock_info_alias", c.LockInfo},
		{"help_trigger", c.Help},
	}
	var errs Errors
	for i, one := range words {
		same := func(other word) bool { return one.value != "" && other.value == one.value }
		if first := slices.IndexFunc(words[:i], same); first >= 0 {
			errs = append(errs, &InputError{Input: one.input, Value: one.value, Accepted: "must differ from " + words[first].input})
		}
	}
	return errs
}
