package track

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// artifactID names what is deployed as a package URL: the image, where the event tells of one by its
// digest, and else the commit.
func artifactID(e Event) string {
	for _, artifact := range e.Artifacts {
		if id, isImage := imageURL(artifact); isImage {
			return id
		}
	}
	id := "pkg:github/" + strings.ToLower(e.SCM.Repository) + "@" + purlEscape(e.SCM.SHA)
	if e.SCM.ServerURL != "https://github.com" && e.SCM.ServerURL != "" {
		id += "?repository_url=" + purlEscape(e.SCM.ServerURL)
	}
	return id
}

// imageURL names a container image by its digest, which is given apart or at the end of the location.
func imageURL(a Artifact) (string, bool) {
	location, digest, _ := strings.Cut(a.Location, "@")
	if digest == "" {
		digest = a.Digest
	}
	isImage := slices.Contains([]string{"oci", "docker", "image"}, strings.ToLower(a.Type))
	if !isImage || !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(digest) {
		return "", false
	}
	// A tag stands behind the last slash; a port stands before it.
	directory, name := path.Split(strings.TrimPrefix(strings.ToLower(location), "docker://"))
	name, _, _ = strings.Cut(name, ":")
	if name == "" {
		return "", false
	}
	id := "pkg:oci/" + purlEscape(name) + "@" + purlEscape(digest)
	if directory != "" {
		id += "?repository_url=" + purlEscape(directory+name)
	}
	return id, true
}

// purlEscape percent-encodes everything that is not unreserved.
func purlEscape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
