package doctor

import (
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/template"
)

// Templates lists the templates that the settings name.
func Templates(settings []Settings) []string {
	return gather(settings, func(c Settings) []string { return []string{c.Messages.TemplatePath} })
}

// checkTemplate looks whether templates can be used. That there is none is no mistake where nobody asked for
// one.
func checkTemplate(e Examination) []deploy.Finding {
	paths := Templates(e.Settings())
	if len(paths) == 0 {
		return nil
	}
	if problem := e.Facts.unread(TemplatesPart); problem != nil {
		return problem
	}
	var found []deploy.Finding
	for _, path := range paths {
		found = append(found, templateMistakes(path, e.Facts.Templates[path])...)
	}
	return orFine(found, "the template of the comment on results can be used, or there is none")
}

func templateMistakes(path string, text *string) []deploy.Finding {
	if text == nil && path != config.Defaults()["deploy_message_path"] {
		return []deploy.Finding{{
			Level: deploy.Warn, Text: "There is no template " + markdown.Code(path) + ".",
			Hint: "Commit it to the default branch, or leave `deploy_message_path` out.",
		}}
	}
	if text == nil {
		return nil
	}
	if _, err := template.Parse(*text); err != nil {
		problem := deploy.UnusableTemplate(path, err)
		return []deploy.Finding{{Level: deploy.Warn, Text: problem.Text, Hint: problem.Hint}}
	}
	return nil
}
