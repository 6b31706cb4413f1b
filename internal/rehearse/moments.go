package rehearse

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
)

// moments lets things happen just before GitHub gets a certain request.
type moments struct {
	next http.Handler

	mu      sync.Mutex
	waiting []moment
}

type moment struct {
	text string
	do   func() error
}

func (m *moments) before(text string, do func() error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = append(m.waiting, moment{text, do})
}

// ServeHTTP lets the moment happen, then GitHub answer.
func (m *moments) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = m.happen(r.Method + " " + r.URL.Path + "\n" + string(body))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	m.next.ServeHTTP(w, r)
}

func (m *moments) happen(request string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, one := range m.waiting {
		if strings.Contains(request, one.text) {
			m.waiting = append(m.waiting[:i:i], m.waiting[i+1:]...)
			return one.do()
		}
	}
	return nil
}
