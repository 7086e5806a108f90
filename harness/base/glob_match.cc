// One pass with a single point to return to: when something fails behind a `*`, only the last star
// can help, by swallowing one more byte. Earlier stars already took the shortest text they could,
// which leaves the later ones the most room, so they are never tried again. That is what keeps
// patterns like "*a*a*a*b" from taking exponential time.
#include "base/glob_match.h"

#include <algorithm>
#include <cstddef>

namespace modcert {
namespace {

// Redis 7.0.15 gives up at this depth (checked: 1000 stars match, 1001 do not).
constexpr int kMaxStars = 1000;

unsigned char Fold(char c, GlobCase letter_case) {
  const auto byte = static_cast<unsigned char>(c);
  if (letter_case == GlobCase::kSensitive || byte < 'A' || byte > 'Z') return byte;
  return static_cast<unsigned char>(byte - 'A' + 'a');
}

// Reads pattern elements one after another; `at` is the next unread byte.
class GlobMatcher {
 public:
  GlobMatcher(std::string_view pattern, GlobCase letter_case)
      : pattern_(pattern), letter_case_(letter_case) {}

  bool Match(std::string_view text);

 private:
  bool AtEnd() const { return at_ >= pattern_.size(); }
  bool AtStar() const { return !AtEnd() && pattern_[at_] == '*'; }
  void SkipStars() {
    while (AtStar()) ++at_;
  }
  bool Same(char a, char b) const { return Fold(a, letter_case_) == Fold(b, letter_case_); }

  // Each reads one element and says whether `c` is what it describes.
  bool MatchElement(char c);
  bool MatchBrackets(char c);
  bool MatchBracketMember(char c);
  bool MatchRange(char from, char to, char c) const;

  std::string_view pattern_;
  GlobCase letter_case_;
  size_t at_ = 0;
};

bool GlobMatcher::MatchElement(char c) {
  const char kind = pattern_[at_++];
  if (kind == '?') return true;
  if (kind == '[') return MatchBrackets(c);
  // A backslash at the very end stands for itself.
  const bool quotes = kind == '\\' && !AtEnd();
  return Same(quotes ? pattern_[at_++] : kind, c);
}

// Behind '['. The first ']' ends the list, even when the list is empty.
bool GlobMatcher::MatchBrackets(char c) {
  const bool negated = !AtEnd() && pattern_[at_] == '^';
  if (negated) ++at_;
  bool member = false;
  while (!AtEnd() && pattern_[at_] != ']') member |= MatchBracketMember(c);
  if (!AtEnd()) ++at_;
  return member != negated;
}

bool GlobMatcher::MatchBracketMember(char c) {
  const std::string_view rest = pattern_.substr(at_);
  if (rest.size() >= 2 && rest[0] == '\\') {
    at_ += 2;
    return rest[1] == c;  // A quoted member is compared with case, always.
  }
  if (rest.size() >= 3 && rest[1] == '-') {
    at_ += 3;
    return MatchRange(rest[0], rest[2], c);
  }
  ++at_;
  return Same(rest[0], c);
}

bool GlobMatcher::MatchRange(char from, char to, char c) const {
  if (static_cast<unsigned char>(from) > static_cast<unsigned char>(to)) std::swap(from, to);
  const unsigned char byte = Fold(c, letter_case_);
  return byte >= Fold(from, letter_case_) && byte <= Fold(to, letter_case_);
}

bool GlobMatcher::Match(std::string_view text) {
  constexpr size_t kNone = static_cast<size_t>(-1);
  size_t behind_star = kNone;  // The pattern behind the last star ...
  size_t resume = 0;           // ... is tried next at this byte of the text.
  int stars = 0;
  size_t i = 0;
  while (i < text.size()) {
    if (AtStar()) {
      SkipStars();
      if (AtEnd()) return true;
      if (++stars > kMaxStars) return false;
      behind_star = at_;
      resume = i + 1;
    } else if (!AtEnd() && MatchElement(text[i])) {
      ++i;
    } else if (behind_star == kNone) {
      return false;
    } else {
      at_ = behind_star;
      i = resume++;
    }
  }
  if (!text.empty()) SkipStars();
  return AtEnd();
}

}  // namespace

bool GlobMatch(std::string_view pattern, std::string_view text, GlobCase letter_case) {
  return GlobMatcher(pattern, letter_case).Match(text);
}

}  // namespace modcert
