#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace clawback::graph {

namespace asio = boost::asio;

// Lets coroutines of one thread wait for a condition: the waiter loops until what it waits for is
// true, whoever changes it notifies.
class Signal {
 public:
  explicit Signal(const asio::any_io_executor& executor);
  void notify();                 // wakes all that wait now
  asio::awaitable<void> wait();  // until the next notify

 private:
  asio::steady_timer timer_;
};

// A condition that becomes true once and stays so.
class Gate {
 public:
  explicit Gate(const asio::any_io_executor& executor) : signal_(executor) {}
  void open();
  asio::awaitable<void> passed();

  // Opens the gate at the end of its scope, however that is reached: nobody waits for a task that
  // failed.
  class Opener {
   public:
    explicit Opener(Gate& gate) : gate_(gate) {}
    Opener(const Opener&) = delete;
    Opener& operator=(const Opener&) = delete;
    ~Opener() { gate_.open(); }

   private:
    Gate& gate_;
  };

 private:
  Signal signal_;
  bool open_ = false;
};

}  // namespace clawback::graph
