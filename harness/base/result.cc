#include "base/result.h"

namespace modcert {

std::string Error::ToString() const {
  std::string text;
  if (!place.empty()) text += place + ": ";
  text += problem;
  if (!remedy.empty()) text += " (" + remedy + ")";
  return text;
}

}  // namespace modcert
