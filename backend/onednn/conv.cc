// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>

#include "backend/onednn/exec.h"
#include "backend/onednn/make.h"
#include "core/error.h"

namespace firesteel::onednn {
namespace {

// The primitives of a convolution, and of a transposed one.
struct Straight {
  using Forward = dnnl::convolution_forward;
  using BackwardData = dnnl::convolution_backward_data;
  using BackwardWeights = dnnl::convolution_backward_weights;
  static constexpr auto kDirect = dnnl::algorithm::convolution_direct;
};
struct Transposed {
  using Forward = dnnl::deconvolution_forward;
  using BackwardData = dnnl::deconvolution_backward_data;
  using BackwardWeights = dnnl::deconvolution_backward_weights;
  static constexpr auto kDirect = dnnl::algorithm::deconvolution_direct;
};

// Weights as they lie in memory: with a first extent of groups where there are several.
Shape stored_weights(const ConvSpec& spec) {
  Shape shape = spec.weights();
  if (spec.groups == 1) return shape;
  shape[0] /= spec.groups;
  shape.insert(shape.begin(), spec.groups);
  return shape;
}
// oneDNN names the output channels first, also of a transposed convolution, where they are the
// second ones.
Shape named_weights(const ConvSpec& spec) {
  Shape shape = stored_weights(spec);
  size_t first = spec.groups > 1 ? 1 : 0;
  if (spec.transposed) std::swap(shape[first], shape[first + 1]);
  return shape;
}
// The same memory, its extents in the order of stored_weights.
memory::desc stored(const memory::desc& named, const ConvSpec& spec) {
  if (!spec.transposed) return named;
  std::vector<int> axes(static_cast<size_t>(named.get_ndims()));
  std::iota(axes.begin(), axes.end(), 0);
  size_t first = spec.groups > 1 ? 1 : 0;
  std::swap(axes[first], axes[first + 1]);
  return named.permute_axes(axes);
}

// Padding at the end. That of a transposed convolution may be less than none where strides leave
// room; oneDNN counts windows rounding down.
Dims end_of(const ConvSpec& spec) {
  Dims end = spec.end();
  for (size_t i = 0; spec.transposed && i < end.size(); ++i) {
    end[i] = std::max(end[i], std::min<int64_t>(0, end[i] + spec.stride[i] - 1));
  }
  return end;
}

bool depthwise(const ConvSpec& spec) { return spec.groups > 1 && spec.groups == spec.src[1]; }

// How the three directions lay out src and dst between themselves.
enum class Formats {
  as_offered,  // as forward_decides, and src stays as it comes
  forward_decides,  // backward takes what forward prefers
  plain,  // all plain: small channel counts waste most of a block
  each_its_own  // backward converts in its scratch
};

// The three primitives for one choice of formats.
template <class Kind>
struct Candidate {
  using Forward = typename Kind::Forward;
  typename Forward::primitive_desc forward;
  std::optional<typename Kind::BackwardData::primitive_desc> data;
  std::optional<typename Kind::BackwardWeights::primitive_desc> weights;

  Candidate(const Env& env, const ConvSpec& spec, const Layout& offered, Formats formats) {
    auto attr = user_scratchpad(), forward_attr = user_scratchpad();
    dnnl::post_ops tail;
    if (spec.tail.sum) tail.append_sum();
    if (spec.tail.relu && std::isinf(spec.tail.most)) {
      tail.append_eltwise(dnnl::algorithm::eltwise_relu, 0.f, 0.f);
    } else if (spec.tail.relu) {
      tail.append_eltwise(dnnl::algorithm::eltwise_clip_v2, 0.f, spec.tail.most);
    }
    forward_attr.set_post_ops(tail);
    auto bias = spec.bias ? plain_desc({spec.dst[1]}) : memory::desc();
    DType type = env.values();
    Shape named = named_weights(spec);
    auto kernel = any_desc(named, type), gradient = any_desc(named);
    Dims end = end_of(spec), dilation = spec.dilation;
    for (int64_t& d : dilation) --d;
    bool plain = formats == Formats::plain;
    bool stays = formats == Formats::as_offered;
    auto src = stays   ? desc_of(offered)
               : plain ? plain_desc(spec.src, type)
                       : any_desc(spec.src, type);
    auto dst = plain                                       ? plain_desc(spec.dst, type)
               : stays && depthwise(spec) && !env.training ? desc_of(offered.of(spec.dst))
                                                           : any_desc(spec.dst, type);
    auto kind =
        env.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    auto make_forward = [&](const memory::desc& x, const memory::desc& w, const memory::desc& y,
                            const dnnl::primitive_attr& with) {
      return typename Forward::primitive_desc(cpu(), kind, Kind::kDirect, x, w, bias, y,
                                              spec.stride, dilation, spec.padding, end, with);
    };
    if (!env.training) {
      forward = make_forward(src, kernel, dst, forward_attr);
      return;
    }
    // Backward refers to a forward without a tail.
    auto bare = make_forward(src, kernel, dst, attr);
    forward = make_forward(bare.src_desc(), bare.weights_desc(), bare.dst_desc(), forward_attr);
    if (stays || formats == Formats::forward_decides) {
      src = bare.src_desc();
      dst = bare.dst_desc();
    }
    data.emplace(cpu(), Kind::kDirect, src, kernel, dst, spec.stride, dilation, spec.padding, end,
                 bare, attr);
    weights.emplace(cpu(), Kind::kDirect, src, gradient, bias, dst, spec.stride, dilation,
                    spec.padding, end, bare, attr);
  }

  // oneDNN's plain loops are a thousand times slower than any other implementation.
  bool fast() const {
    auto slow = [](const std::string_view& name) { return name.find("ref") != name.npos; };
    return !slow(forward.impl_info_str()) && !(data && slow(data->impl_info_str())) &&
           !(weights && slow(weights->impl_info_str()));
  }
};

// Whether src is best taken as it comes. In inference a larger window may pay for a reorder, and
// an image's few channels need none. Measured on Zen 5 with ResNet-50, Inception v1 and SSD300.
bool src_stays(const Env& env, const ConvSpec& spec, const Layout& offered) {
  constexpr int64_t kImageChannels = 4;
  if (offered.dtype() != env.values()) return false;
  bool blocks = offered.channel_block() > 1;
  if (env.training) return blocks;
  // A reorder moves as much as a depthwise convolution itself.
  return blocks ? numel(spec.kernel) == 1 || depthwise(spec) : spec.src[1] <= kImageChannels;
}

template <class Kind>
Candidate<Kind> choose(const Env& env, const ConvSpec& spec, const Layout& offered) {
  for (Formats formats : {Formats::as_offered, Formats::forward_decides, Formats::plain}) {
    if (formats == Formats::as_offered && !src_stays(env, spec, offered)) continue;
    try {
      Candidate<Kind> candidate(env, spec, offered, formats);
      if (candidate.fast()) return candidate;
    } catch (const dnnl::error&) {
      continue;  // no implementation for these formats
    }
  }
  return guarded("convolution",
                 [&] { return Candidate<Kind>(env, spec, offered, Formats::each_its_own); });
}

// An argument that a primitive wants in another format than the one it comes in.
class Converted {
 public:
  Converted() = default;
  Converted(const Layout& outside, const memory::desc& inside, const Shape& shape) {
    Layout wanted = layout_of(inside, shape);
    if (wanted == outside) return;
    bytes_ = whole_lines(wanted.bytes());
    in_ = onednn::reorder(outside, wanted);
    out_ = onednn::reorder(wanted, outside);
  }
  size_t bytes() const { return bytes_; }

  // The argument in its format, converted into `own` where needed.
  const void* read(const void* outside, void* own) {
    if (!in_) return outside;
    in_->run(outside, own);
    return own;
  }
  void* target(void* outside, void* own) const { return out_ ? own : outside; }
  void written(void* outside, void* own) {
    if (out_) out_->run(own, outside);
  }

 private:
  size_t bytes_ = 0;
  std::unique_ptr<Reorder> in_, out_;
};

template <class Kind>
class DnnlConv final : public Conv {
 public:
  DnnlConv(const Env& env, const ConvSpec& spec, const Layout& offered) {
    auto chosen = choose<Kind>(env, spec, offered);
    auto& forward = chosen.forward;
    auto bias = spec.bias ? plain_desc({spec.dst[1]}) : memory::desc();
    src = layout_of(forward.src_desc(), spec.src);
    dst = layout_of(forward.dst_desc(), spec.dst);
    weights = layout_of(stored(forward.weights_desc(), spec), stored_weights(spec));
    forward_ = Exec(typename Kind::Forward(forward), forward,
                    {{DNNL_ARG_SRC, forward.src_desc()},
                     {DNNL_ARG_WEIGHTS, forward.weights_desc()},
                     {DNNL_ARG_BIAS, bias},
                     {DNNL_ARG_DST, forward.dst_desc()}});
    scratch_bytes = forward_.scratch_bytes();
    if (!env.training) return;
    prepare_data(*chosen.data, spec);
    prepare_weights(*chosen.weights, spec, bias);
  }

  void forward(const void* x, const void* w, const void* b, void* y, void* scratch) override {
    forward_.run({x, w, b, y, scratch});
  }

  void backward_data(const void* dy, const void* w, void* dx, void* scratch) override {
    auto* own_dy = static_cast<char*>(scratch);
    auto* own_dx = own_dy + data_dst_.bytes();
    auto* rest = own_dx + data_src_.bytes();
    backward_data_.run({data_dst_.read(dy, own_dy), w, data_src_.target(dx, own_dx), rest});
    data_src_.written(dx, own_dx);
  }

  void backward_weights(const void* x, const void* dy, void* dw, void* db, void* scratch) override {
    auto* own_x = static_cast<char*>(scratch);
    auto* own_dy = own_x + weights_src_.bytes();
    auto* own_dw = own_dy + weights_dst_.bytes();
    auto* rest = own_dw + diff_weights_.bytes();
    backward_weights_.run({weights_src_.read(x, own_x), weights_dst_.read(dy, own_dy),
                           diff_weights_.target(dw, own_dw), db, rest});
    diff_weights_.written(dw, own_dw);
  }

 private:
  void prepare_data(const typename Kind::BackwardData::primitive_desc& desc, const ConvSpec& spec) {
    weights_backward = layout_of(stored(desc.weights_desc(), spec), stored_weights(spec));
    backward_data_ = Exec(typename Kind::BackwardData(desc), desc,
                          {{DNNL_ARG_DIFF_DST, desc.diff_dst_desc()},
                           {DNNL_ARG_WEIGHTS, desc.weights_desc()},
                           {DNNL_ARG_DIFF_SRC, desc.diff_src_desc()}});
    data_dst_ = Converted(dst, desc.diff_dst_desc(), spec.dst);
    data_src_ = Converted(src, desc.diff_src_desc(), spec.src);
    scratch_bytes = std::max(
        scratch_bytes, data_dst_.bytes() + data_src_.bytes() + backward_data_.scratch_bytes());
  }

  void prepare_weights(const typename Kind::BackwardWeights::primitive_desc& desc,
                       const ConvSpec& spec, const memory::desc& bias) {
    backward_weights_ = Exec(typename Kind::BackwardWeights(desc), desc,
                             {{DNNL_ARG_SRC, desc.src_desc()},
                              {DNNL_ARG_DIFF_DST, desc.diff_dst_desc()},
                              {DNNL_ARG_DIFF_WEIGHTS, desc.diff_weights_desc()},
                              {DNNL_ARG_DIFF_BIAS, bias}});
    weights_src_ = Converted(src, desc.src_desc(), spec.src);
    weights_dst_ = Converted(dst, desc.diff_dst_desc(), spec.dst);
    Shape plain = stored_weights(spec);
    diff_weights_ =
        Converted(Layout(plain, DType::f32), stored(desc.diff_weights_desc(), spec), plain);
    scratch_bytes =
        std::max(scratch_bytes, weights_src_.bytes() + weights_dst_.bytes() +
                                    diff_weights_.bytes() + backward_weights_.scratch_bytes());
  }

  Exec forward_, backward_data_, backward_weights_;
  Converted data_src_, data_dst_, weights_src_, weights_dst_, diff_weights_;
};

}  // namespace

std::unique_ptr<Conv> conv(const Env& env, const ConvSpec& spec, const Layout& offered) {
  if (spec.transposed) return std::make_unique<DnnlConv<Transposed>>(env, spec, offered);
  return std::make_unique<DnnlConv<Straight>>(env, spec, offered);
}

}  // namespace firesteel::onednn
