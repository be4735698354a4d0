// SPDX-License-Identifier: Apache-2.0
// One declaration per kind: a struct lists its attributes once, in `static constexpr auto schema()`,
// and parsing, checks, error texts, saving, bindings and documentation follow from it.
//
//   struct Dropout final : LayerOf<Dropout> {
//     float p = 0.5f;
//     static constexpr auto schema() {
//       return Schema{"Dropout", "regularization", "Zeroes elements with probability p ...",
//                     attr("p", &Dropout::p, "probability of zeroing an element", fraction)};
//     }
//
// Attributes that several kinds share are members of a base of theirs, DescribedBy<Kind, Base>; each
// schema lists them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/attr.h"

namespace firesteel {

template <class Owner, class Member, class Rule>
struct Attr {
  std::string_view name;
  Member Owner::* member;
  std::string_view doc;
  bool required;
};

template <class Owner, class Member, class Rule = rules::Any>
constexpr auto attr(std::string_view name, Member Owner::* member, std::string_view doc,
                    Rule = {}) {
  return Attr<Owner, Member, Rule>{name, member, doc, false};
}
// An attribute without a default: it must be given.
template <class Owner, class Member, class Rule = rules::Any>
constexpr auto required(std::string_view name, Member Owner::* member, std::string_view doc,
                        Rule = {}) {
  return Attr<Owner, Member, Rule>{name, member, doc, true};
}

template <class... Attributes>
struct Schema {
  std::string_view kind;
  std::string_view group;
  std::string_view doc;
  std::tuple<Attributes...> attributes;

  constexpr Schema(std::string_view kind_, std::string_view group_, std::string_view doc_,
                   Attributes... attributes_)
      : kind(kind_), group(group_), doc(doc_), attributes(attributes_...) {}
};

// The schema of a kind, erased of its types.
struct KindInfo {
  std::string kind;
  std::string group;
  std::string doc;
  std::vector<AttrInfo> attrs;
};

// Anything that is configured by attributes.
class Described {
 public:
  virtual ~Described() = default;
  virtual const KindInfo& info() const = 0;
  virtual Attrs attrs() const = 0;
  // Throws AttrError: no such attribute, wrong type, or rule not obeyed.
  virtual void set(const std::string& name, const AttrValue& value) = 0;
  // Rules that involve several attributes; called once all are set.
  virtual void check() const {}
  const std::string& kind() const { return info().kind; }
};

// Sets all `given` attributes and checks that the required ones are among them.
void configure(Described& object, const Attrs& given);
[[noreturn]] void unknown_attribute(const KindInfo& info, const std::string& name);
// elsewhere: where kinds of this family may come from that are not among `kinds`; or null.
[[noreturn]] void unknown_kind(const std::string& role, const std::string& kind,
                               const std::vector<std::string>& kinds, const char* elsewhere);
// "text. Did you mean 'x'?" when a candidate is close to `name`.
std::string with_suggestion(std::string text, const std::string& name,
                            const std::vector<std::string>& candidates);

// Derives Described's functions from Derived::schema().
// Its constructor is open: a class of several layers may stand between it and Derived.
template <class Derived, class Base>
class DescribedBy : public Base {  // NOLINT(bugprone-crtp-constructor-accessibility)
 public:
  const KindInfo& info() const override { return describe(); }

  static const KindInfo& describe() {
    static const KindInfo kInfo = [] {
      constexpr auto schema = Derived::schema();
      KindInfo info{
          std::string(schema.kind), std::string(schema.group), std::string(schema.doc), {}};
      const Derived defaults{};
      each_attribute(
          [&]<class Owner, class Member, class Rule>(const Attr<Owner, Member, Rule>& a) {
            AttrValue fallback = to_attr(defaults.*(a.member));
            info.attrs.push_back({std::string(a.name), std::string(type_name(fallback)),
                                  std::string(a.doc), Rule::text(), a.required, fallback});
          });
      return info;
    }();
    return kInfo;
  }

  Attrs attrs() const override {
    Attrs out;
    each_attribute(
        [&](const auto& a) { out.emplace_back(std::string(a.name), to_attr(self().*(a.member))); });
    return out;
  }

  void set(const std::string& name, const AttrValue& value) override {
    bool found = false;
    each_attribute([&]<class Owner, class Member, class Rule>(const Attr<Owner, Member, Rule>& a) {
      if (name != a.name) return;
      found = true;
      std::string where = cat(describe().kind, ".", name);
      Member parsed{};
      from_attr(value, parsed, where);
      require<AttrError>(Rule{}(parsed), where, ": ", Rule::text(), ", got ", to_text(value));
      static_cast<Derived&>(*this).*(a.member) = std::move(parsed);
    });
    if (!found) unknown_attribute(describe(), name);
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class Visitor>
  static void each_attribute(const Visitor& visit) {
    constexpr auto schema = Derived::schema();
    std::apply([&](const auto&... a) { (visit(a), ...); }, schema.attributes);
  }
};

}  // namespace firesteel
