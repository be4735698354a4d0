// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/cat.h"

namespace firesteel::cli {
namespace {

// Characters rather than bytes, for UTF-8.
size_t letters(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

bool is_numeric(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.,-+eE%") == std::string::npos;
}

}  // namespace

Terminal::Terminal(std::FILE* stream) : stream_(stream), tty_(isatty(fileno(stream))) {
  const char* term = std::getenv("TERM");
  if (term && std::string(term) == "dumb") tty_ = false;
  const char* no_color = std::getenv("NO_COLOR");
  colours_ = tty_ && !(no_color && *no_color);
}

size_t Terminal::width() const {
  winsize size{};
  bool known = ioctl(fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

void Terminal::line(const std::string& text) {
  if (in_progress_) std::fputs("\r\x1b[K", stream_);
  in_progress_ = false;
  std::fprintf(stream_, "%s\n", text.c_str());
  std::fflush(stream_);
}

void Terminal::rewrite(const std::string& text) {
  std::string shown = text;
  if (size_t most = width() - 1; shown.size() > most) shown.resize(most);
  std::fprintf(stream_, "\r\x1b[K%s", shown.c_str());
  std::fflush(stream_);
  in_progress_ = true;
}

void Terminal::finish_line() {
  if (in_progress_) std::fputc('\n', stream_);
  in_progress_ = false;
  std::fflush(stream_);
}

std::string Terminal::bold(const std::string& text) const {
  return colours_ ? "\x1b[1m" + text + "\x1b[0m" : text;
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string number(double value) {
  double size = std::fabs(value);
  if (size < 100) return fixed(value, size < 1 ? 3 : size < 10 ? 2 : 1);
  std::string digits = fixed(size, 0);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return (value < 0 ? "-" : "") + digits;
}

std::string duration(double seconds) {
  auto s = static_cast<int64_t>(std::max(0.0, std::min(seconds, 1e9)) + 0.5);
  auto two = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  if (s < 3600) return cat(s / 60, ":", two(s % 60));
  return cat(s / 3600, ":", two(s / 60 % 60), ":", two(s % 60));
}

std::vector<std::string> columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], letters(row[i]));
  }
  auto right = [&](size_t i) {
    return std::all_of(rows.begin() + (rows.size() > 1), rows.end(), [&](const auto& row) {
      return i >= row.size() || row[i].empty() || is_numeric(row[i]);
    });
  };
  std::vector<std::string> out(rows.size());
  for (size_t i = 0; i < widths.size(); ++i) {
    bool numeric = i > 0 && right(i);
    for (size_t r = 0; r < rows.size(); ++r) {
      std::string cell = i < rows[r].size() ? rows[r][i] : "";
      std::string pad(widths[i] - letters(cell), ' ');
      out[r] += (i > 0 ? "  " : "") + (numeric ? pad + cell : cell + pad);
    }
  }
  for (std::string& line : out) line.erase(line.find_last_not_of(' ') + 1);
  return out;
}

}  // namespace firesteel::cli
