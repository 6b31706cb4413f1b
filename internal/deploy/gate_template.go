package deploy

import "github.com/lockstep-action/lockstep/internal/markdown"

// templateGate warns early that the result will be reported with the default message.
func templateGate() Gate {
	return Gate{
		Name: "template", Without: "it only advises",
		Needs: func(k *Case, n *Needs) { n.Template = TemplateFile(k.Request, k.Config) },
		Advice: func(k *Case) []Part {
			if TemplateFile(k.Request, k.Config).Path == "" {
				return nil
			}
			return []Part{TemplatePart}
		},
		Check: func(*Case) Finding { return pass("the template of the result can be used") },
	}
}

// UnusableTemplate returns what is wrong with a template, and what happens until it is corrected.
func UnusableTemplate(path string, err error) Problem {
	return Problem{
		Text: "The template " + markdown.Code(path) + " cannot be used: " + markdown.Code(err.Error()) + ".",
		Hint: "Correct the file on the default branch. Until then the default message is used.",
	}
}
