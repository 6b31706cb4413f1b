package message

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// DORASummary shows the DORA metrics on the page of the workflow run, with what could not be read or written.
func DORASummary(r dora.Report, d deploy.Decision) string {
	var b strings.Builder
	b.WriteString("## Lockstep: DORA metrics\n\n")
	for _, f := range append(d.Blocking(), d.Warnings()...) {
		b.WriteString("- " + sign(f.Level) + " " + strings.TrimSpace(f.Text+" "+f.Hint) + "\n")
	}
	for _, one := range r.Environments {
		fmt.Fprintf(&b, "\n### %s\n\n%s", markdown.Text(one.Name), rowTable(one.Metrics()))
		b.WriteString(deploymentChart(one) + leadChart(one) + doraDetails(r, one))
	}
	b.WriteString("\n" + notes(r.Notes()))
	return b.String()
}

func notes(all []string) string {
	var b strings.Builder
	for _, note := range all {
		b.WriteString("- " + markdown.Text(note) + "\n")
	}
	return b.String()
}

func rowTable(rows []dora.Row) string {
	heads := dora.Heads()
	var b strings.Builder
	b.WriteString("| " + strings.Join(heads, " | ") + " |\n|" + strings.Repeat(" --- |", len(heads)) + "\n")
	for _, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return b.String()
}

// mostWeeks is how many weeks a chart shows: labels of more would run into each other.
const mostWeeks = 26

// point is a week in a chart.
type point struct {
	label string
	value float64
}

// chart draws bars, nothing for none. Mermaid refuses an empty series.
func chart(title, axis string, points []point) string {
	if len(points) == 0 {
		return ""
	}
	points = points[max(0, len(points)-mostWeeks):]
	var labels, values []string
	most := 0.0
	for _, one := range points {
		labels, values = append(labels, `"`+one.label+`"`), append(values, strings.TrimSuffix(fmt.Sprintf("%.1f", one.value), ".0"))
		most = max(most, one.value)
	}
	return "\n" + markdown.Fence("mermaid", fmt.Sprintf("xychart-beta\n    title \"%s\"\n    x-axis [%s]\n    y-axis \"%s\" 0 --> %d\n    bar [%s]",
		title, strings.Join(labels, ", "), axis, int(most)+1, strings.Join(values, ", "))) + "\n"
}

func deploymentChart(e dora.Environment) string {
	var points []point
	for _, week := range e.Weeks {
		points = append(points, point{weekLabel(week), float64(week.Deployments)})
	}
	if e.Frequency.Deployments == 0 {
		return ""
	}
	return chart("Deployments by week", "Deployments", points)
}

// leadChart leaves out the weeks that brought no change: a bar of no length would say that it took no time.
func leadChart(e dora.Environment) string {
	weeks := slices.DeleteFunc(slices.Clone(e.Weeks), func(w dora.Week) bool { return w.Lead.N() == 0 })
	unit, name := time.Hour, "Hours"
	for _, week := range weeks {
		if median, _ := week.Lead.At(dora.Median); median >= 48*time.Hour {
			unit, name = 24*time.Hour, "Days"
		}
	}
	var points []point
	for _, week := range weeks {
		median, _ := week.Lead.At(dora.Median)
		points = append(points, point{weekLabel(week), float64(median) / float64(unit)})
	}
	return chart("Median lead time by week, weeks with changes", name, points)
}

// weekLabel marks a week of which a part is outside.
func weekLabel(w dora.Week) string {
	_, label, _ := strings.Cut(w.Name, "-")
	return label + choose(w.Partial, "*", "")
}

// doraDetails are the numbers behind the charts, and what the metrics leave out.
func doraDetails(r dora.Report, e dora.Environment) string {
	var b strings.Builder
	b.WriteString("\n<details><summary>Details</summary>\n\n" + rowTable(e.Parts()))
	b.WriteString("\n| Week | From | Deployments | Days | Changes | Median lead time |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, week := range e.Weeks {
		name := week.Name + choose(week.Partial, "*", "")
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %s |\n", name, week.From.Format(time.DateOnly), week.Deployments, week.Days, week.Lead.N(), week.Lead.Text(dora.Median))
	}
	b.WriteString("\n\\* The report covers only a part of this week.\n\n</details>\n\n" + notes(r.NotesOf(e)))
	return b.String()
}
