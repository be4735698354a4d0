// SPDX-License-Identifier: Apache-2.0
#include "train/schedule_list.h"

#include <algorithm>

namespace firesteel {
namespace {

constexpr const char* kWhere = "schedule";

std::unique_ptr<Schedule> one(const Json& doc) {
  return make_from_json(doc, Registry<Schedule>::instance(), kWhere);
}

}  // namespace

ScheduleList ScheduleList::parse(const Json& doc) {
  ScheduleList list;
  if (!doc.is_array()) {
    list.parts_.push_back({one(doc)});
    return list;
  }
  require<AttrError>(!doc.empty(), "schedule: needs at least one");
  for (Json item : doc) {
    Part part;
    part.iterations = field_or<int64_t>(item, "iterations", 0, kWhere);
    part.epochs = field_or<int64_t>(item, "epochs", 0, kWhere);
    require<AttrError>(part.iterations >= 0 && part.epochs >= 0,
                       "schedule: iterations and epochs must be >= 0, got ", part.iterations,
                       " and ", part.epochs);
    bool ends = part.iterations > 0 || part.epochs > 0, last = list.parts_.size() + 1 == doc.size();
    require<AttrError>(ends != last,
                       "schedule: all of a list but the last must have iterations or epochs");
    item.erase("iterations");
    item.erase("epochs");
    part.schedule = one(item);
    std::string watched = part.schedule->watched(), before = list.watched();
    require<AttrError>(watched.empty() || before.empty() || watched == before,
                       "schedule: all of a list must have the same monitor, got '", before,
                       "' and '", watched, "'");
    list.parts_.push_back(std::move(part));
  }
  return list;
}

Json ScheduleList::json() const {
  if (parts_.size() == 1) return described_to_json(*parts_[0].schedule);
  Json list = Json::array();
  for (const Part& part : parts_) {
    Json item = described_to_json(*part.schedule);
    if (part.iterations > 0) item["iterations"] = part.iterations;
    if (part.epochs > 0) item["epochs"] = part.epochs;
    list.push_back(std::move(item));
  }
  return list;
}

double ScheduleList::factor(FitTime at) const {
  for (const Part& part : parts_) {
    int64_t steps = part.iterations + part.epochs * at.epoch_steps;
    if (&part == &parts_.back()) break;
    if (at.step < steps) {
      at.total = steps;
      return part.schedule->factor(at);
    }
    at.step -= steps;
    at.begin += steps;
    at.total = std::max<int64_t>(0, at.total - steps);
  }
  return parts_.back().schedule->factor(at);
}

bool ScheduleList::needs_total() const {
  return !parts_.empty() && parts_.back().schedule->needs_total();
}

std::string ScheduleList::watched() const {
  for (const Part& part : parts_) {
    if (!part.schedule->watched().empty()) return part.schedule->watched();
  }
  return "";
}

}  // namespace firesteel
