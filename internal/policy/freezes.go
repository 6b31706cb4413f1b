package policy

// freezeText is a freeze as the file writes it.
type freezeText struct {
	Freeze
	from, until timed
}

func freezes() kind[[]Freeze] {
	one := mapOf(freezeKeys(), checkFreeze)
	list := listOf(one, "[{name: weekend, from: fri 16:00, until: mon 08:00}]", func(f freezeText) string { return f.Name })
	return kind[[]Freeze]{
		text: list.text, schema: list.schema,
		read: func(r *reader, v value) ([]Freeze, bool) {
			texts, ok := list.read(r, v)
			var all []Freeze
			for _, text := range texts {
				all = append(all, text.Freeze)
			}
			return all, ok
		},
	}
}

// checkFreeze says of which kind a freeze is.
func checkFreeze(r *reader, v value, read *freezeText, seen map[string]value) {
	from, until := read.from, read.until
	order := until.compare(from.Moment)
	switch {
	case from.kind != until.kind:
		r.fail(seen["until"], "%s and %s are not of one form; write both as fri 16:00, both as \"18:00\" or both as 2026-12-23 18:00",
			quote(from.text), quote(until.text))
	case from.kind == Once && order <= 0:
		r.fail(seen["until"], "%s is not after %s; write a later time", quote(until.text), quote(from.text))
	case order == 0:
		r.fail(seen["until"], "the freeze ends when it begins, so it would never end; write another time, or leave the freeze out")
	}
	read.Line, read.Kind, read.From, read.Until = v.key, from.kind, from.Moment, until.Moment
}

func pathRules() kind[[]PathRule] {
	one := mapOf(pathRuleKeys(), checkPathRule)
	one.schema["anyOf"] = []schema{{"required": []string{"merged"}}, {"required": []string{"reviews"}}}
	return listOf(one, "[{name: migration, paths: [\"db/**\"], merged: true}]", func(p PathRule) string { return p.Name })
}

func checkPathRule(r *reader, v value, read *PathRule, _ map[string]value) {
	if !read.Merged && read.Reviews.Count == 0 {
		r.fail(v, "the rule asks for nothing; write merged: true or reviews: 1")
	}
	read.Line = v.key
}
