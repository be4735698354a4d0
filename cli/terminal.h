// SPDX-License-Identifier: Apache-2.0
// Where people read: plain text, one line rewritten in place on a terminal, columns, colours.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace firesteel::cli {

class Terminal {
 public:
  explicit Terminal(std::FILE* stream);
  ~Terminal() { finish_line(); }

  bool is_tty() const { return tty_; }
  void line(const std::string& text);
  // Replaces the line in progress; only for terminals.
  void rewrite(const std::string& text);
  void finish_line();  // what is in progress stays, and a new line begins
  std::string bold(const std::string& text) const;

 private:
  size_t width() const;

  std::FILE* stream_;
  bool tty_;
  bool colours_;
  bool in_progress_ = false;
};

// "12,345" for whole numbers, three significant digits for small ones.
std::string number(double value);
std::string fixed(double value, int digits);
std::string duration(double seconds);  // "0:42", "1:02:03"

// Rows of cells as left-aligned columns; numeric columns (by the first row after the head) right.
std::vector<std::string> columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace firesteel::cli
