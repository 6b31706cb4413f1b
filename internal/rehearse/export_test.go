package rehearse

import "maps"

// Inputs returns the inputs that steps get at this point of the story.
func (p *Session) Inputs() map[string]string { return maps.Clone(p.inputs) }
