package runner

import "strings"

// Error shows a sentence as an error annotation, on the run's page and in the log.
func (r *Runner) Error(text string) { r.issue("error", lines(text)) }

// Warning shows a sentence as a warning annotation, on the run's page and in the log.
func (r *Runner) Warning(text string) { r.issue("warning", lines(text)) }

// Notice shows a sentence as a notice, on the run's page and in the log.
func (r *Runner) Notice(text string) { r.issue("notice", lines(text)) }

// lines makes each line of a text harmless and keeps them apart.
func lines(text string) string {
	var all []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\r\n"), "\n") {
		all = append(all, oneLine(strings.TrimSuffix(line, "\r")))
	}
	return strings.Join(all, "\n")
}
