// Package crowd lets a chat choose what is dreamed: words that name the net's labels are votes.
package crowd

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Rules are those of the vote.
type Rules struct {
	Half     time.Duration // in which a vote comes to count half
	Again    time.Duration // until the same person can vote for the same label again
	Stay     time.Duration // for which what is dreamed stays at least
	Stronger float64       // how many times the votes of what is dreamed another one needs
	Blocked  []string      // words that are heard by nobody
}

// Usual are rules for a stream of some hundred people.
var Usual = Rules{Half: 45 * time.Second, Again: 20 * time.Second, Stay: 15 * time.Second, Stronger: 1.25}

// Choice is a label with its votes of now.
type Choice struct {
	Label string
	Votes float64
	By    string // who named it last
}

// Queue counts votes. It is used by one goroutine.
type Queue struct {
	rules   Rules
	names   map[string]int // words and whole names of labels: the label's place
	words   map[int][]name // single words by their letters, which may be meant by one that is misspelt
	labels  []string
	votes   map[int]*tally
	voted   map[ballot]time.Time
	dreamed []dreamed // at most two
}

type name struct {
	letters []rune
	label   int
}

type tally struct {
	votes float64
	at    time.Time
	by    string
}

type ballot struct {
	who   string
	label int
}

type dreamed struct {
	label int
	since time.Time
}

// NewQueue counts votes for a net's labels, names of one thing with commas between.
func NewQueue(labels []string, rules Rules) *Queue {
	q := &Queue{rules: rules, labels: labels, names: map[string]int{}, words: map[int][]name{}, votes: map[int]*tally{}, voted: map[ballot]time.Time{}}
	blocked := map[string]bool{}
	for _, w := range rules.Blocked {
		blocked[plain(w)] = true
	}
	// Whole names first, then single words, of which the first label to have one is meant.
	for _, whole := range []bool{true, false} {
		for i, label := range labels {
			for text := range strings.SplitSeq(label, ",") {
				text = plain(text)
				list := []string{text}
				if !whole {
					list = strings.Fields(text)
				}
				for _, n := range list {
					if _, taken := q.names[n]; !taken && len(n) >= 3 && !blocked[n] {
						q.names[n] = i
						if r := []rune(n); !slices.Contains(r, ' ') {
							q.words[len(r)] = append(q.words[len(r)], name{r, i})
						}
					}
				}
			}
		}
	}
	return q
}

// plain is a text in lower case with nothing but letters, digits and single spaces.
func plain(s string) string {
	f := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return ' '
	}
	return strings.Join(strings.Fields(strings.Map(f, s)), " ")
}

const (
	mostWords  = 40   // of a line that are looked at
	mostVoters = 1e5  // ballots that are remembered
	longWord   = 60   // bytes
	mostNamed  = 2    // labels that one line votes for
	tiny       = 0.05 // votes that are none any more
)

// Hear counts what a line names, and gives the labels that it voted for.
func (q *Queue) Hear(who, line string, at time.Time) (named []string) {
	words := strings.Fields(plain(line[:min(len(line), 4096)]))
	words = words[:min(len(words), mostWords)]
	for i := 0; i < len(words) && len(named) < mostNamed; {
		label, n := -1, 1
		for n = min(3, len(words)-i); n >= 1; n-- { // names of several words before those of one
			if label = q.meant(strings.Join(words[i:i+n], " ")); label >= 0 {
				break
			}
		}
		i += max(n, 1)
		if label >= 0 && q.vote(who, label, at) {
			named = append(named, q.labels[label])
		}
	}
	return named
}

// meant is the label of some words, in the plural too, a single one with one letter wrong as well; -1 for none.
func (q *Queue) meant(text string) int {
	if len(text) < 3 || len(text) > longWord {
		return -1
	}
	singles := []string{text}
	for _, end := range [][2]string{{"ies", "y"}, {"ves", "f"}, {"es", ""}, {"s", ""}} {
		if stem, ok := strings.CutSuffix(text, end[0]); ok {
			singles = append(singles, stem+end[1])
		}
	}
	for _, n := range singles {
		if i, ok := q.names[n]; ok {
			return i
		}
	}
	letters := []rune(text)
	if len(letters) < 5 || slices.Contains(letters, ' ') {
		return -1 // too many short words are one letter away from each other
	}
	for n := len(letters) - 1; n <= len(letters)+1; n++ {
		for _, w := range q.words[n] {
			if near(letters, w.letters) {
				return w.label
			}
		}
	}
	return -1
}

// near tells whether two words differ by one letter that is missing, added, wrong, or in its neighbour's place.
func near(x, y []rune) bool {
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 || len(x) < 4 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return slices.Equal(x[i:], y[i+1:])
	}
	if i == len(x) || slices.Equal(x[i+1:], y[i+1:]) {
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
}

// vote counts one person's vote, if that one may vote for the label by now.
func (q *Queue) vote(who string, label int, at time.Time) bool {
	b := ballot{who[:min(len(who), longWord)], label}
	if last, ok := q.voted[b]; ok && at.Sub(last) < q.rules.Again {
		return false
	}
	if len(q.voted) >= mostVoters {
		clear(q.voted)
	}
	q.voted[b] = at
	t := q.votes[label]
	if t == nil {
		t = &tally{at: at}
		q.votes[label] = t
	}
	t.votes, t.at, t.by = q.now(t, at)+1, at, who
	return true
}

// now is what a tally's votes count at a time.
func (q *Queue) now(t *tally, at time.Time) float64 {
	return t.votes * math.Exp2(-float64(at.Sub(t.at))/float64(q.rules.Half))
}

// Choices are the labels that have votes, the strongest first.
func (q *Queue) Choices(at time.Time) []Choice {
	var list []Choice
	for i, t := range q.votes {
		v := q.now(t, at)
		if v < tiny {
			delete(q.votes, i)
			continue
		}
		list = append(list, Choice{q.labels[i], v, t.by})
	}
	slices.SortFunc(list, func(a, b Choice) int {
		switch {
		case a.Votes > b.Votes:
			return -1
		case a.Votes < b.Votes:
			return 1
		}
		return strings.Compare(a.Label, b.Label)
	})
	return list
}

// Dreamed are the two labels, or one, or none, that are dreamed now. One stays for a while and then gives way to one
// that is clearly stronger, or when nobody votes for it any more and somebody does for another.
func (q *Queue) Dreamed(at time.Time) []Choice {
	choices := q.Choices(at)
	votes := func(label int) float64 {
		if t := q.votes[label]; t != nil {
			return q.now(t, at)
		}
		return 0
	}
	for _, c := range choices {
		i := slices.Index(q.labels, c.Label)
		if slices.ContainsFunc(q.dreamed, func(d dreamed) bool { return d.label == i }) {
			continue
		}
		if len(q.dreamed) < 2 {
			q.dreamed = append(q.dreamed, dreamed{i, at})
			continue
		}
		weak := 0
		if votes(q.dreamed[1].label) < votes(q.dreamed[0].label) {
			weak = 1
		}
		if d := q.dreamed[weak]; at.Sub(d.since) >= q.rules.Stay && c.Votes >= q.rules.Stronger*votes(d.label) {
			q.dreamed[weak] = dreamed{i, at}
		}
	}
	var out []Choice
	for _, d := range q.dreamed {
		c := Choice{Label: q.labels[d.label], Votes: votes(d.label)}
		if t := q.votes[d.label]; t != nil {
			c.By = t.by
		}
		out = append(out, c)
	}
	return out
}
